// The player: steps through the runs of a report. Everything that it shows is in the page.
"use strict";
(() => {
  const SVG = "http" + "://www.w3.org/2000/svg";
  const PAUSE = 1100;
  const players = [];
  const numbers = (text) => text.split(" ").map(Number);

  class Player {
    constructor(figure) {
      this.figure = figure;
      this.data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
      this.svg = figure.querySelector("svg.diagram");
      this.canvas = figure.querySelector(".canvas");
      this.bar = figure.querySelector(".controls");
      this.slider = figure.querySelector("input[type=range]");
      this.says = figure.querySelector(".says");
      this.groups = this.data.elements.map(() => []);
      const index = new Map(this.data.elements.map((id, i) => [id, i]));
      for (const group of this.svg ? this.svg.querySelectorAll("[data-element]") : []) {
        const i = index.get(group.getAttribute("data-element"));
        if (i !== undefined) this.groups[i].push(group);
      }
      this.states = this.data.views.map(states);
      this.timer = null;
      this.listen();
      this.choose(0);
      this.offerFit();
    }

    get view() { return this.data.views[this.number]; }
    get total() { return this.view.steps.length; }

    listen() {
      const acts = {
        first: () => this.show(0), back: () => this.show(this.at - 1), play: () => this.toggle(),
        forward: () => this.show(this.at + 1), last: () => this.show(this.total), fit: () => this.fit(),
      };
      for (const button of this.bar.querySelectorAll("button")) {
        button.addEventListener("click", () => {
          if (!["play", "fit"].includes(button.dataset.do)) this.stop();
          acts[button.dataset.do]();
        });
      }
      this.slider.addEventListener("input", () => { this.stop(); this.show(+this.slider.value); });
      for (const button of this.figure.querySelectorAll(".choose")) {
        button.hidden = false;
        button.addEventListener("click", () => {
          this.stop();
          this.choose(+button.dataset.view);
          this.canvas?.scrollIntoView({ block: "nearest" });
        });
      }
      for (const run of this.figure.querySelectorAll(".run")) {
        run.querySelectorAll("li").forEach((line, i) => line.addEventListener("click", () => {
          this.stop();
          if (this.number !== +run.dataset.run) this.choose(+run.dataset.run);
          this.show(i + 1);
        }));
      }
      this.figure.classList.add("live");
      this.acts = acts;
    }

    choose(number, step) {
      this.number = number;
      for (const box of this.figure.querySelectorAll("[data-wrong]")) {
        box.classList.toggle("chosen", +box.dataset.wrong === number);
      }
      for (const button of this.figure.querySelectorAll(".choose")) {
        button.setAttribute("aria-pressed", String(+button.dataset.view === number));
      }
      for (const run of this.figure.querySelectorAll(".run")) {
        run.hidden = +run.dataset.run !== number;
      }
      const run = this.figure.querySelector(`.run[data-run="${number}"]`);
      this.lines = run ? [...run.querySelectorAll("li")] : [];
      this.bar.hidden = this.total === 0;
      this.says.hidden = this.total === 0;
      this.slider.max = String(this.total);
      this.show(step === undefined ? this.total : step, true);
    }

    show(step, quiet) {
      this.at = Math.max(0, Math.min(this.total, step));
      this.slider.value = String(this.at);
      this.slider.setAttribute("aria-valuetext", `step ${this.at} of ${this.total}`);
      for (const name of ["first", "back"]) this.button(name).disabled = this.at === 0;
      for (const name of ["last", "forward"]) this.button(name).disabled = this.at === this.total;
      this.lines.forEach((line, i) => {
        line.classList.toggle("now", i + 1 === this.at);
        if (i + 1 === this.at) line.setAttribute("aria-current", "step");
        else line.removeAttribute("aria-current");
      });
      const line = this.lines[this.at - 1];
      const list = line && line.parentElement;
      if (list && !quiet) {
        list.scrollTop = line.offsetTop - list.offsetTop - list.clientHeight / 2;
      }
      this.tell(line);
      this.draw();
    }

    // Shows the whole diagram, or its own size again where it is larger than its frame.
    fit() {
      const whole = this.canvas.classList.toggle("fit");
      this.button("fit").setAttribute("aria-pressed", String(whole));
      this.reveal();
    }

    offerFit() {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.canvas || {};
      const large = scrollWidth > clientWidth + 8 || scrollHeight > clientHeight + 8;
      if (large) this.button("fit").hidden = false;
    }

    button(name) { return this.bar.querySelector(`[data-do=${name}]`); }

    tell(line) {
      const all = stepNumber(this.lines, this.total - 1);
      const now = stepNumber(this.lines, this.at - 1);
      this.says.querySelector(".at").textContent = `Step ${now} of ${all}`;
      this.says.querySelector(".sentence").textContent =
        line ? line.querySelector("span").textContent : "Before the first step.";
      const held = Object.entries(this.states[this.number][this.at]).map(([i, count]) =>
        (count > 1 ? `${count} × ` : "") + this.data.words[i]);
      const shown = held.length > 12 ? [...held.slice(0, 12), `${held.length - 12} more`] : held;
      this.says.querySelector(".where").textContent =
        shown.length ? `Tokens: ${shown.join(" · ")}` : "No tokens.";
    }

    draw() {
      if (!this.svg) return;
      const state = this.states[this.number][this.at];
      const passed = new Set(this.view.start.map(([i]) => i));
      for (const [owner, changed] of this.view.steps.slice(0, this.at)) {
        passed.add(owner);
        for (const [i] of changed) passed.add(i);
      }
      const blamed = new Set(this.at === this.total ? this.view.blamed : []);
      this.groups.forEach((groups, i) => {
        const look = blamed.has(i) ? "blamed" : passed.has(i) ? "passed" : "";
        for (const group of groups) group.setAttribute("class", look);
      });
      let layer = this.svg.querySelector(".layer");
      if (!layer) {
        layer = this.svg.appendChild(document.createElementNS(SVG, "g"));
        layer.setAttribute("class", "layer");
      }
      layer.replaceChildren();
      const acting = this.at ? this.spot(this.view.steps[this.at - 1][0]) : null;
      if (acting && acting.dataset.box) {
        const [x, y, width, height] = numbers(acting.dataset.box);
        const box = { x: x - 6, y: y - 6, width: width + 12, height: height + 12, rx: 10 };
        add(layer, "rect", { class: "ring", ...box });
      }
      // at the end the fault is what to look at, before that who acts
      const fault = [...blamed].map((i) => this.spot(i)).find(Boolean);
      this.focus = fault || acting;
      this.reveal();
      const totals = new Map();
      for (const [i, count] of Object.entries(state)) {
        const group = this.spot(i);
        totals.set(group, (totals.get(group) || 0) + count);
      }
      for (const [group, count] of totals) token(layer, group, count);
    }

    // Where an element is drawn; for what is inside a closed sub-process, that.
    spot(i) { return this.groups[this.data.inside[i]][0]; }

    reveal() {
      if (!this.focus) return;
      const box = this.focus.getBoundingClientRect();
      const frame = this.canvas.getBoundingClientRect();
      if (box.left < frame.left + 20 || box.right > frame.right - 20) {
        this.canvas.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
      }
      if (box.top < frame.top + 20 || box.bottom > frame.bottom - 20) {
        this.canvas.scrollTop += (box.top + box.bottom - frame.top - frame.bottom) / 2;
      }
    }

    toggle() {
      if (this.timer !== null) { this.stop(); return; }
      if (this.at === this.total) this.show(0);
      this.button("play").textContent = "❚❚ Pause";
      this.button("play").setAttribute("aria-label", "Pause");
      this.timer = setInterval(() => {
        if (this.at < this.total) this.show(this.at + 1);
        else if (this.view.loop !== null) this.show(this.view.loop + 1);
        else this.stop();
        if (this.at === this.total && this.view.loop === null) this.stop();
      }, PAUSE);
    }

    stop() {
      if (this.timer !== null) clearInterval(this.timer);
      this.timer = null;
      this.button("play").textContent = "▶ Play";
      this.button("play").setAttribute("aria-label", "Play the run");
    }
  }

  // The tokens after each step, from what each step changes.
  function states(view) {
    const found = [Object.fromEntries(view.start)];
    for (const [, changed] of view.steps) {
      const next = { ...found[found.length - 1] };
      for (const [i, count] of changed) {
        if (count) next[i] = count;
        else delete next[i];
      }
      found.push(next);
    }
    return found;
  }

  // The number of a line, as the list counts: a line may say its own number.
  function stepNumber(lines, at) {
    let number = 0;
    for (let i = 0; i <= at && i < lines.length; i += 1) {
      number = lines[i].hasAttribute("value") ? +lines[i].getAttribute("value") : number + 1;
    }
    return number;
  }

  function add(parent, name, attributes) {
    const made = parent.appendChild(document.createElementNS(SVG, name));
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    return made;
  }

  function token(layer, group, count) {
    if (!group) return;
    let x;
    let y;
    if (group.dataset.at) [x, y] = numbers(group.dataset.at);
    else if (group.dataset.box) {
      const [left, top, width] = numbers(group.dataset.box);
      [x, y] = [left + width - 6, top + 6];
    } else return;
    add(layer, "circle", { class: "token", cx: x, cy: y, r: count > 1 ? 9 : 7 });
    if (count > 1) {
      const text = add(layer, "text", { class: "count", x, y: y + 4, "text-anchor": "middle" });
      text.textContent = String(count);
    }
  }

  for (const figure of document.querySelectorAll("figure.player")) players.push(new Player(figure));

  // The player that keys move: the one that has the focus, else the first one in sight.
  function current(target) {
    const inside = target.closest && target.closest("figure.player");
    const chosen = players.find((player) => player.figure === inside);
    if (chosen) return chosen;
    return players.find((player) => {
      const box = player.figure.getBoundingClientRect();
      return box.bottom > 80 && box.top < window.innerHeight - 80;
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target.matches("input, textarea, select")) return;
    const keys = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last" };
    const name = event.key === " " ? "play" : keys[event.key];
    if (!name || (event.key === " " && target.closest("button, summary, a"))) return;
    if ((event.key === "Home" || event.key === "End") && !target.closest("figure.player")) return;
    const player = current(target);
    if (!player || !player.total) return;
    event.preventDefault();
    if (name !== "play") player.stop();
    player.acts[name]();
  });

  // #m2&run=1&step=3 opens the second file at a step; #step=3 the first one that has a player.
  function follow() {
    const parts = decodeURIComponent(location.hash.slice(1)).split("&");
    const given = new Map(parts.map((part) => part.split("=")).filter((pair) => pair.length === 2));
    const id = parts.find((part) => /^m\d+$/.test(part));
    const opened = document.getElementById(parts[0]);
    if (opened && opened.tagName === "DETAILS") opened.open = true;
    const player = id ? players.find((item) => item.figure.dataset.model === id) : players[0];
    if (player && (given.has("run") || given.has("step"))) {
      const run = Math.min(player.data.views.length, Math.max(1, +given.get("run") || 1)) - 1;
      player.choose(run);
      if (given.has("step")) player.show(+given.get("step") || 0);
      if (id) document.getElementById(id).scrollIntoView();
    }
  }
  window.addEventListener("hashchange", follow);
  window.addEventListener("resize", () => players.forEach((player) => {
    player.offerFit();
    player.reveal();
  }));
  follow();
})();
