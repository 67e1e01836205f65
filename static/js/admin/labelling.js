// What the admin leaves nameless takes the label of its row: boxes to tick as a group, and the box to type a name in.
addEventListener("load", () => {
  const words = (element) => element.closest(".form-row").querySelector("label").textContent.trim().replace(/:$/, "");
  for (const boxes of document.querySelectorAll(".related-widget-wrapper > div:has(> div > label > [type=checkbox])")) {
    boxes.setAttribute("role", "group");
    boxes.setAttribute("aria-label", words(boxes));
  }
  for (const box of document.querySelectorAll(".admin-autocomplete + .select2 .select2-search__field")) {
    box.setAttribute("aria-label", words(box));
  }
});
