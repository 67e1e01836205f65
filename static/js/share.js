// The page of a conversation's shares: their addresses are copied.
import { listenForCopies } from "./copy.js";

listenForCopies();
