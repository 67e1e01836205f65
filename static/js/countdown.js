// Counts the seconds down that a busy deployment, or a limit, asked us to wait. What had to wait until then goes.
export function countDown() {
  setInterval(() => {
    for (const each of document.querySelectorAll("[data-until]")) {
      const left = Math.max(0, Math.ceil((Date.parse(each.dataset.until) - Date.now()) / 1000));
      if (each.textContent !== String(left)) each.textContent = left;
      if (!left) each.closest("[data-wait]")?.remove();
    }
  }, 500);
}
