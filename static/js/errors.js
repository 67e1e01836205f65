// Whole pages that come where a piece was expected (signed out meanwhile, gone, broken) are never put into this one.
export function keepPagesOut(line) {
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
    detail.shouldSwap = false;
    if (detail.xhr.status < 500) location.reload(); // the server says itself what it is; the draft is kept
    else complain(line, line.dataset.offline);
  });
  document.addEventListener("htmx:sendError", () => complain(line, line.dataset.offline));
}

// What was wrong is so no more.
export function settle(line, words) {
  if (line.textContent.trim() === words) line.replaceChildren();
}

export function complain(line, words) {
  const sentence = document.createElement("p");
  sentence.textContent = words;
  line.replaceChildren(sentence);
}
