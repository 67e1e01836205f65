// The playground asks again as soon as strictness or the number of documents is changed.
for (const form of document.querySelectorAll("form[data-asking]")) {
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "question" && form.elements.question.value) form.requestSubmit();
  });
}
