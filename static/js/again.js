// An answer again, by another deployment: one list for all answers; the button that opened it says which is meant.
export function listenForAgain(list, settings) {
  if (!list) return;
  let address = "";
  document.addEventListener("click", ({ target }) => {
    address = target.closest("[data-again]")?.dataset.again ?? address;
  });
  list.addEventListener("click", ({ target }) => {
    const deployment = target.closest("[data-deployment]")?.dataset.deployment;
    if (!deployment) return;
    list.hidePopover();
    window.htmx.ajax("POST", address, { source: list, target: "#transcript", swap: "innerHTML", values: { deployment } });
  });
  list.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful) settings.choose(detail.requestConfig.parameters.deployment);
  });
}
