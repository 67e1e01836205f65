// What every listener for keys has to ask first.

// While an input method composes, keys belong to it; Safari says so by 229 only.
export const composing = (event) => event.isComposing || event.keyCode === 229;

export const typing = ({ target }) => target.matches("input, textarea, select, [contenteditable]");

// What Escape closes before it does anything else.
export const opened = () => document.querySelector(":popover-open, dialog[open], .edit[open], [data-drawer]");
