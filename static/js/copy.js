// Copy buttons: a question, an answer, a block of code.
const MARKED = 1500; // ms

function textFor(button) {
  if ("copyCode" in button.dataset) return button.closest(".code").querySelector("code").textContent;
  const article = button.closest("article");
  if ("copyQuestion" in button.dataset) return article.querySelector(".ask").textContent;
  return article.querySelector(".prose").innerText;
}

export function listenForCopies() {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy-code], [data-copy-question], [data-copy-answer]");
    if (!button) return;
    await navigator.clipboard.writeText(textFor(button));
    const use = button.querySelector("use");
    const before = use.getAttribute("href");
    use.setAttribute("href", before.replace(/#.*/, "#check"));
    setTimeout(() => use.setAttribute("href", before), MARKED);
  });
}
