// A collection's page: documents are dropped or chosen and go at once; their way up is shown.
const form = document.querySelector("[data-drop]");

if (form) {
  const input = form.querySelector("input[type=file]");
  const progress = form.querySelector("progress");
  form.querySelector("button").hidden = true; // choosing is enough
  input.addEventListener("change", () => input.files.length && form.requestSubmit());
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.dataset.over = "";
    });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => delete form.dataset.over);
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
    if (input.files.length) form.requestSubmit();
  });
  form.addEventListener("htmx:xhr:progress", ({ detail }) => {
    progress.hidden = false;
    progress.value = detail.total ? (100 * detail.loaded) / detail.total : 0;
  });
  form.addEventListener("htmx:afterRequest", () => {
    progress.hidden = true;
    form.reset();
  });
}

for (const each of document.querySelectorAll("[data-reset]")) {
  each.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && each.reset());
}
