// Signing out forgets what was typed, in every tab: the server closes their sockets.
export function forgetOnLeaving(form, socket) {
  form.addEventListener("submit", () => sessionStorage.clear());
  socket.addEventListener("signed-out", () => {
    sessionStorage.clear();
    location.reload();
  });
}
