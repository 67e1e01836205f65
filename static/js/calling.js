// The page with examples for programs: they can be copied, and follow the deployment that is chosen.
import { listenForCopies } from "./copy.js";

listenForCopies();
const deployment = document.getElementById("deployment");
deployment?.addEventListener("change", () => deployment.form.requestSubmit());
