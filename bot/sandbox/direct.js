// What Marquee adds to the page of direct messages: its name, and what arrived while the other page was in front.

document.title = "Direct messages · Marquee sandbox";
document.querySelector(".preview-brand small").textContent = "Direct messages";
addEventListener("focus", () => document.getElementById("refresh").click());
