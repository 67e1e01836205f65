// Shows the fields that apply to what is chosen: data-for='{"kind": ["azure"]}' on a field hides its row for any other
// kind, data-options='{"kind": {"azure": ["a", "b"]}}' leaves a select these choices alone,
// data-hints='{"kind": {"azure": {"label": "…", "help": "…", "placeholder": "…"}}}' names and explains it.
const row = (field) => field.closest(".form-row");

class Following {
  #form;
  #fields;
  #usual = new Map(); // field → its words without a hint

  constructor(form) {
    this.#form = form;
    this.#fields = [...form.querySelectorAll("[data-for], [data-options], [data-hints]")];
    for (const field of this.#fields) this.#usual.set(field, this.#words(field));
    form.addEventListener("change", () => this.#follow());
    this.#follow();
  }

  #follow() {
    for (const field of this.#fields) {
      const when = Object.entries(JSON.parse(field.dataset.for ?? "{}"));
      row(field).hidden = !when.every(([control, values]) => values.includes(this.#value(control)));
      for (const [control, options] of Object.entries(JSON.parse(field.dataset.options ?? "{}"))) {
        this.#offer(field, options[this.#value(control)]);
      }
      for (const [control, hints] of Object.entries(JSON.parse(field.dataset.hints ?? "{}"))) {
        this.#say(field, { ...this.#usual.get(field), ...hints[this.#value(control)] });
      }
    }
    for (const fields of this.#form.querySelectorAll("fieldset")) {
      fields.hidden = [...fields.querySelectorAll(".form-row")].every((each) => each.hidden);
    }
  }

  // A control that is hidden itself counts as its first choice.
  #value(name) {
    const control = this.#form.elements[name];
    return row(control).hidden ? this.#first(control) : control.value;
  }

  #first(control) {
    return [...control.options].find((each) => !each.disabled)?.value ?? "";
  }

  #offer(field, values) {
    for (const option of field.options) {
      option.hidden = option.disabled = Boolean(values) && !values.includes(option.value);
    }
    if (field.selectedOptions[0]?.disabled ?? true) field.value = this.#first(field);
  }

  #label(field) {
    return this.#form.querySelector(`label[for="${field.id}"]`);
  }

  #help(field) {
    return this.#form.querySelector(`#${field.id}_helptext > div`);
  }

  #words(field) {
    return {
      label: this.#label(field).textContent,
      help: this.#help(field)?.textContent ?? "",
      placeholder: field.placeholder ?? "",
    };
  }

  #say(field, { label, help, placeholder }) {
    this.#label(field).textContent = label;
    if (this.#help(field)) this.#help(field).textContent = help;
    field.placeholder = placeholder;
  }
}

for (const form of document.querySelectorAll("form:has([data-for], [data-options], [data-hints])")) new Following(form);
