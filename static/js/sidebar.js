// The list of conversations, as the socket brings it; its current row names the page.
export function listConversations(html) {
  const list = document.getElementById("conversations-list");
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.innerHTML = html;
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  const current = list.querySelector('a[aria-current="page"]');
  if (!current) return;
  const title = document.getElementById("title");
  document.title = document.title.replace(title.textContent, () => current.textContent);
  title.textContent = current.textContent;
}
