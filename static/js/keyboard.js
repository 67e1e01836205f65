// The list of shortcuts: `?` opens it, and Ctrl+/ while one types.
import { composing, typing } from "./keys.js";

const MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

export function listenForHelp(sheet) {
  if (MAC) for (const key of sheet.querySelectorAll("[data-ctrl]")) key.textContent = "⌘";
  document.addEventListener("keydown", (event) => {
    const asked = (event.key === "?" && !typing(event)) || (event.key === "/" && (event.ctrlKey || event.metaKey));
    if (!asked || composing(event)) return;
    event.preventDefault();
    if (sheet.open) sheet.close();
    else if (!document.querySelector("dialog[open]")) sheet.showModal();
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-open-keyboard]")) {
      document.querySelector("dialog[open]")?.close();
      sheet.showModal();
    } else if (target === sheet || target.closest("[data-close-keyboard]")) sheet.close();
  });
}
