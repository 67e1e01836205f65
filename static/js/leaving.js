// Signing out forgets what was typed, in every tab.
export function forgetOnLeaving(form) {
  const channel = new BroadcastChannel("leaving");
  channel.addEventListener("message", () => {
    sessionStorage.clear();
    location.reload();
  });
  form.addEventListener("submit", () => sessionStorage.clear());
  // Told as this page goes: by then the answer to signing out is there, and a reload asks to sign in.
  form.addEventListener("submit", () => addEventListener("pagehide", () => channel.postMessage("")));
}
