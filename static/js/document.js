// A document opens at the passage that was looked for, and leads back to the answer that cites it.
const sought = document.querySelector(".sought mark, .sought");
if (sought && !location.hash) sought.scrollIntoView({ block: "center" });

const back = document.querySelector("[data-back]");
const from = document.referrer && new URL(document.referrer);
if (back && from.origin === location.origin && /^\/[cs]\//.test(from.pathname)) {
  back.href = from.href;
  back.title = back.dataset.back;
  back.setAttribute("aria-label", back.dataset.back);
}
