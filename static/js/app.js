// The page's entry: makes the parts and connects them. Each part is a module of its own.
import { listenForAgain } from "./again.js";
import { Announcer } from "./announce.js";
import { Composer } from "./composer.js";
import { listenForCopies } from "./copy.js";
import { countDown } from "./countdown.js";
import { Drafts } from "./drafts.js";
import { Drawer } from "./drawer.js";
import { listenForEdits } from "./edits.js";
import { keepPagesOut, settle } from "./errors.js";
import { Evidence } from "./evidence.js";
import { Files } from "./files.js";
import { listenForHelp } from "./keyboard.js";
import { forgetOnLeaving } from "./leaving.js";
import { Menu } from "./menu.js";
import { Palette } from "./palette.js";
import { Pastes } from "./pastes.js";
import { Preview } from "./preview.js";
import { Scroll } from "./scroll.js";
import { Settings } from "./settings.js";
import { nameThePage } from "./sidebar.js";
import { Socket } from "./socket.js";
import { Speaker } from "./speak.js";
import { Transcript } from "./transcript.js";

function lastMessage() {
  const last = document.querySelector("#transcript > article:last-of-type");
  return { after: last?.id.slice(2) ?? "", state: last?.dataset.state ?? "" };
}

document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=lax`;

const main = document.getElementById("main");
const scroll = new Scroll(document.getElementById("scroller"), document.getElementById("jump"));
const announcer = new Announcer(document.getElementById("announcer"));
const socket = new Socket(main.dataset.socket, lastMessage, document.getElementById("connection"));
const transcript = new Transcript(document.getElementById("transcript"), socket, { scroll, announcer });
const form = document.getElementById("composer");
const drafts = new Drafts(form, main);
const error = document.getElementById("composer-error");
const pastes = new Pastes(form, drafts, document.getElementById("pastes"), document.getElementById("paste"), error);
new Files(form, main, document.getElementById("going"), error);
new Speaker(transcript);
new Composer(form, transcript, { drafts, pastes });
const settings = new Settings(document.getElementById("answers-with"), drafts);
listenForAgain(document.getElementById("again-with"), settings);
listenForHelp(document.getElementById("keyboard"));
new Drawer(document.getElementById("sidebar"), main);
new Evidence(document.getElementById("evidence"), main, () => main.dataset.page);
new Preview(document.getElementById("preview"));
listenForCopies();
keepPagesOut(error);
socket.addEventListener("connected", () => settle(error, error.dataset.offline));
listenForEdits(document.getElementById("transcript"), drafts);
forgetOnLeaving(socket);
countDown();
new Menu(document.getElementById("menu"), document.getElementById("toast"));
new Palette(document.getElementById("palette"), document.getElementById("open-search"));
document.getElementById("conversations-list").addEventListener("htmx:oobAfterSwap", nameThePage);
socket.open();
// A search hit opens at its message, a new chat at its beginning, everything else at the end.
const sought = location.hash && document.getElementById(location.hash.slice(1));
if (sought) sought.scrollIntoView();
else if (transcript.last) scroll.toEnd();

document.addEventListener("click", ({ target }) => target.closest("[data-close-why]")?.form.remove());

// A form's address would end in a question mark.
document.getElementById("new-chat").form.addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign(event.currentTarget.action);
});

// A page that the browser kept would carry the address of a chat that may have begun meanwhile.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "o") {
    event.preventDefault();
    document.getElementById("new-chat").click();
  }
});
