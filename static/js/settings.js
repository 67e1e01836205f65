// What answers, and how: the fields of what is chosen are shown and sent, those of everything else are not.
export class Settings {
  #box; #drafts;

  constructor(box, drafts) {
    this.#box = box;
    this.#drafts = drafts;
    if (!box) return;
    if (!("assistant" in box.dataset)) { // an assistant leaves nothing to choose
      this.#restore();
      box.addEventListener("input", () => this.#changed());
    }
    // An invalid number must be seen, or sending would do nothing at all.
    box.addEventListener("invalid", () => box.showPopover(), { capture: true });
    // Regenerate, Try again and Edit stand outside the form, and mean what is chosen now.
    document.addEventListener("htmx:configRequest", ({ detail }) => {
      if (detail.elt.matches("[data-settings]")) Object.assign(detail.parameters, this.#values);
    });
    document.addEventListener("htmx:afterRequest", ({ detail }) => {
      if (detail.successful && detail.requestConfig.elt.matches("[data-settings]")) drafts.forget("settings");
    });
  }

  // Another deployment has been asked from elsewhere on the page.
  choose(deployment) {
    if (!this.#field("deployment")) return;
    this.#field("deployment").value = deployment;
    this.#draw();
  }

  get #values() {
    const said = ({ type, checked, value }) => (type !== "checkbox" ? value : checked ? "1" : "");
    return Object.fromEntries([...this.#box.querySelectorAll("[name]:enabled")].map((field) => [field.name, said(field)]));
  }

  #field(name) {
    return this.#box.querySelector(`[name="${CSS.escape(name)}"]`);
  }

  #restore() {
    for (const [name, value] of Object.entries(this.#drafts.get("settings") ?? {})) {
      const field = this.#field(name);
      if (field?.type === "checkbox") field.checked = Boolean(value);
      else if (field && (!field.options || [...field.options].some((each) => each.value === value))) field.value = value;
    }
    this.#draw();
  }

  #changed() {
    this.#draw();
    this.#drafts.keep("settings", this.#values);
  }

  #draw() {
    for (const fields of this.#box.querySelectorAll("fieldset[data-of]")) {
      fields.hidden = fields.disabled = fields.dataset.value !== this.#field(fields.dataset.of).value;
    }
    this.#name(this.#field("deployment").selectedOptions[0]?.textContent ?? "");
  }

  #name(deployment) {
    const sources = [...this.#box.querySelectorAll("[data-name]:checked")].map(({ dataset }) => dataset.name).join(", ");
    const chip = document.getElementById("chip-label");
    if (chip) chip.textContent = [sources, deployment].filter(Boolean).join(" · ");
    for (const lead of document.querySelectorAll("#fresh .lead[data-lead]")) {
      lead.hidden = (lead.dataset.lead === "some") !== Boolean(sources);
      lead.querySelector("strong").textContent = lead.dataset.lead === "some" ? sources : deployment;
    }
    const message = document.getElementById("message");
    message.placeholder = sources ? message.dataset.some.replace("{names}", sources) : message.dataset.any;
  }
}
