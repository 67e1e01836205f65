// Signing out, from whichever page, forgets what was typed; in other tabs too: the server closes their sockets.
document.addEventListener("submit", ({ target }) => {
  // A field named "action" would hide the form's own.
  if (target.getAttribute("action")?.endsWith("/logout/")) sessionStorage.clear();
});

export function forgetOnLeaving(socket) {
  socket.addEventListener("signed-out", () => {
    sessionStorage.clear();
    location.reload();
  });
}
