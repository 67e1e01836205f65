// Copy buttons: a question, an answer, a block of code, a field.
const MARKED = 1500; // ms

// Questions and answers are copied as they were written, in Markdown.
async function textFor(button) {
  if ("copyCode" in button.dataset) return button.closest(".code").querySelector("code").textContent;
  if ("copyField" in button.dataset) return document.getElementById(button.dataset.copyField).value;
  return fetch(button.dataset.copyAnswer ?? button.dataset.copyQuestion).then((response) => (response.ok ? response.text() : Promise.reject(response)));
}

// Without TLS browsers hide the clipboard, except on the machine itself.
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = Object.assign(document.createElement("textarea"), { value: text, className: "vh" });
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}

export function listenForCopies() {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy-code], [data-copy-question], [data-copy-answer], [data-copy-field]");
    if (!button) return;
    await write(await textFor(button));
    const use = button.querySelector("use");
    const usual = (button.dataset.icon ??= use.getAttribute("href")); // it may be marked already
    use.setAttribute("href", usual.replace(/#.*/, "#check"));
    setTimeout(() => use.setAttribute("href", usual), MARKED);
  });
}
