// A form that takes its time: the button that sent it says so and cannot be pressed again. data-busy="Testing…"
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", ({ submitter }) => {
    submitter.disabled = true;
    submitter.textContent = form.dataset.busy;
  });
}
