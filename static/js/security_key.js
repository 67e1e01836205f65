// A key that was not touched, or is not known, is an event of allauth's script: the page says so in its own words.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("key-failed")?.removeAttribute("hidden");
});
