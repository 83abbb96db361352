// Shows what the server says is new. Pages work without it, too: they are then as they were when loaded.
"use strict";

const live = document.getElementById("live");
if (live) {
  const lost = document.getElementById("lost");
  const source = new EventSource(live.dataset.events);
  source.onopen = () => { lost.hidden = true; };
  source.onerror = () => { lost.hidden = false; };
  source.onmessage = (event) => {
    const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
    live.innerHTML = event.data;
    if (focused) document.getElementById(focused)?.focus();
  };
}
