// What was typed or chosen but not sent: kept in this tab for this person, until it is sent or they sign out.
export class Drafts {
  #form; #main;

  constructor(form, main) {
    this.#form = form;
    this.#main = main;
  }

  #key(part) {
    const { person, new: fresh } = this.#main.dataset;
    return `${part}:${person}:${fresh === "yes" ? "new" : this.#form.action}`;
  }

  get(part) {
    return JSON.parse(sessionStorage.getItem(this.#key(part)) ?? "null");
  }

  // Whether it could be kept: browsers have some five million characters for all drafts of a tab.
  keep(part, value) {
    try {
      if (value?.length === 0) this.forget(part);
      else sessionStorage.setItem(this.#key(part), JSON.stringify(value));
      return true;
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      return false;
    }
  }

  // What was meant for a chat that is gone waits in a new one.
  moveToNew(parts) {
    const kept = parts.map((part) => [part, this.get(part)]);
    for (const part of parts) this.forget(part);
    this.#main.dataset.new = "yes";
    for (const [part, value] of kept) if (value !== null) this.keep(part, value);
  }

  forget(part) {
    sessionStorage.removeItem(this.#key(part));
  }
}
