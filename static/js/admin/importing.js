// What was pasted stays when it is refused: it may hold keys, so the server never sends it back.
const form = document.querySelector("form[data-import]");

async function refusal() {
  const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
  const next = response.headers.get("HX-Redirect");
  if (next) location.assign(next);
  else return new DOMParser().parseFromString(await response.text(), "text/html").getElementById("refused");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const refused = await refusal().catch(() => null);
  if (refused) document.getElementById("refused").replaceWith(document.adoptNode(refused));
  else if (refused === null) form.submit(); // the server is away, or asks for a sign-in: the browser shows it
});
