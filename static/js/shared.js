// A conversation that a colleague shares: it is read, its sources are opened, its texts copied. Nothing else moves.
import { listenForCopies } from "./copy.js";
import { keepPagesOut } from "./errors.js";
import { Evidence } from "./evidence.js";
import { Preview } from "./preview.js";

const main = document.getElementById("main");
new Evidence(document.getElementById("evidence"), main, () => main.dataset.page);
new Preview(document.getElementById("preview"));
listenForCopies();
keepPagesOut(document.getElementById("composer-error"));
