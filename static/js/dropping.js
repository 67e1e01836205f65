// Files that are dropped anywhere on the page, or pasted, are handed to `add`; `here` shows where they would go.
export function listenForFiles(add, here) {
  const carries = ({ dataTransfer }) => dataTransfer.types.includes("Files");

  // A copied table is text and a picture of it: then the text is meant.
  document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    add(files);
  });
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    here.hidden = false;
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) here.hidden = true; // out of the window, not into another element
  });
  document.addEventListener("drop", (event) => {
    here.hidden = true;
    if (!carries(event)) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
}
