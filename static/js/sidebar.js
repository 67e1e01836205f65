// The list of conversations, as the socket brings it; its current row names the page.
const FIRST = 100; // rows that it brings

export function listConversations(html) {
  const list = document.getElementById("conversations-list");
  const shown = list.querySelectorAll(".talk").length;
  if (shown > FIRST) {
    window.htmx.ajax("GET", `/conversations/?shown=${shown}`, { target: list, swap: "innerHTML" });
    return;
  }
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.innerHTML = html;
  window.htmx.process(list);
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  nameThePage();
}

export function nameThePage() {
  const current = document.querySelector('#conversations-list a[aria-current="page"]');
  if (!current) return;
  const title = document.getElementById("title");
  document.title = document.title.replace(title.textContent, () => current.textContent);
  title.textContent = current.textContent;
}
