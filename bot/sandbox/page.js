// What Marquee adds to simcord's page: its name, less to look at, and the newest message in view.

const channel = document.getElementById("channel-timeline");
const messages = document.getElementById("channel-message-list");
const FOLLOW_MILLISECONDS = 3000; // until the last picture has come
let newest = null;
let followUntil = 0;

// simcord keeps to the bottom by itself, but loses a race when the command box closes while posts arrive: the posts of a
// journey would stand below the edge, unseen. Whoever scrolls meanwhile is left alone.
function follow() {
  if (performance.now() < followUntil) channel.scrollTop = channel.scrollHeight;
}
new MutationObserver(() => {
  if (messages.lastElementChild === newest) return;
  if (newest === null) document.getElementById("channel-composer-input").focus();
  newest = messages.lastElementChild;
  followUntil = performance.now() + FOLLOW_MILLISECONDS;
  requestAnimationFrame(() => requestAnimationFrame(follow));
}).observe(messages, { childList: true });
const resized = new ResizeObserver(() => requestAnimationFrame(follow));
resized.observe(messages);
resized.observe(channel);
for (const event of ["wheel", "touchmove", "pointerdown"]) {
  channel.addEventListener(event, () => { followUntil = 0; }, { passive: true });
}

// A chosen suggestion: simcord shows its value ("id:79") and leaves Enter without effect. Here its name is shown, and Enter
// sends the command.
const form = document.getElementById("channel-composer");
const names = new Map();
document.addEventListener("click", (event) => {
  const choice = event.target.closest(".command-suggestion");
  if (!choice) return;
  names.set(choice.dataset.value, choice.querySelector(".command-suggestion-label").textContent);
  document.activeElement.blur();
  setTimeout(() => { if (document.activeElement === document.body) form.querySelector(".command-chip")?.focus(); });
}, true);
new MutationObserver(() => {
  for (const field of form.querySelectorAll("input.command-option-input")) {
    const name = names.get(field.value);
    if (!name || name === field.value || field === document.activeElement || field.style.display === "none") continue;
    const shown = document.createElement("span");
    shown.textContent = name;
    shown.addEventListener("click", () => {
      shown.remove();
      field.style.display = "";
      field.focus();
    });
    field.style.display = "none";
    field.before(shown);
  }
}).observe(form, { childList: true, subtree: true });

const place = document.querySelector("script[data-place]").dataset.place; // empty on the main page
document.title = place ? `${place} · Marquee sandbox` : "Marquee sandbox";
document.querySelector(".brand-mark").textContent = "M";
document.querySelector(".preview-brand strong").textContent = "Marquee";
document.querySelector(".preview-brand small").textContent = place || "Sandbox";
for (const unneeded of document.querySelectorAll("#capture-open, .viewer-control")) unneeded.style.display = "none";
const sidebar = document.getElementById("messages-toggle");
if (sidebar.getAttribute("aria-expanded") === "true") sidebar.click();
// What arrived while another page was in front.
addEventListener("focus", () => document.getElementById("refresh").click());
