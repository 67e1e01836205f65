// A document opens at the passage that was looked for.
const sought = document.querySelector(".sought mark, .sought");
if (sought && !location.hash) sought.scrollIntoView({ block: "center" });
