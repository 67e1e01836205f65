// Pages with something to copy: the addresses of shares, a new key.
import { listenForCopies } from "./copy.js";

listenForCopies();
