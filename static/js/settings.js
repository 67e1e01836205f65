// What answers, and how: the fields of what is chosen are shown and sent, those of everything else are not.
export class Settings {
  #box;

  constructor(box) {
    this.#box = box;
    if (!box) return;
    box.addEventListener("change", ({ target }) => {
      this.#show(target.name, target.value);
      if (target.name === "deployment") this.#name(target.selectedOptions[0].textContent);
    });
    // An invalid number must be seen, or sending would do nothing at all.
    box.addEventListener("invalid", () => box.showPopover(), { capture: true });
    // Regenerate, Try again and Edit stand outside the form, and mean what is chosen now.
    document.addEventListener("htmx:configRequest", ({ detail }) => {
      if (!detail.elt.matches("[data-settings]")) return;
      for (const field of box.querySelectorAll("[name]:enabled")) detail.parameters[field.name] = field.value;
    });
  }

  #show(name, value) {
    for (const fields of this.#box.querySelectorAll(`fieldset[data-of="${name}"]`)) {
      fields.hidden = fields.disabled = fields.dataset.value !== value;
    }
  }

  #name(title) {
    for (const label of document.querySelectorAll("#chip-label, #fresh .lead strong")) label.textContent = title;
  }
}
