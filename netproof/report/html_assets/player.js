// The player: steps through the runs of a report, and plays the token game of a notebook. What it
// shows is in the page or comes from the kernel, and becomes text and shapes, never markup.
"use strict";
const netproof = (() => {
  const SVG = "http" + "://www.w3.org/2000/svg";
  const PAUSE = 1100;
  const players = [];
  const numbers = (text) => text.split(" ").map(Number);

  class Player {
    constructor(figure, data) {
      this.figure = figure;
      this.data = data;
      this.svg = figure.querySelector("svg.diagram");
      this.canvas = figure.querySelector(".canvas");
      this.bar = figure.querySelector(".controls");
      this.slider = figure.querySelector("input[type=range]");
      this.says = figure.querySelector(".says");
      this.find();
      this.timer = null;
      this.listen();
      this.choose(0);
      this.offerFit();
    }

    // Finds what is drawn of each element, and the tokens after each step.
    find() {
      this.groups = this.data.elements.map(() => []);
      const index = new Map(this.data.elements.map((id, i) => [id, i]));
      for (const group of this.svg ? this.svg.querySelectorAll("[data-element]") : []) {
        const i = index.get(group.getAttribute("data-element"));
        if (i !== undefined) this.groups[i].push(group);
      }
      this.states = this.data.views.map(states);
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
        shown.length ? this.data.held + shown.join(" · ") : "No tokens.";
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

  // What a key asks for; nothing where it belongs to what has the focus.
  function asked(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return null;
    const target = event.composedPath()[0];
    if (!target.closest || target.closest("input, textarea, select")) return null;
    const keys = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last" };
    if (event.key !== " ") return keys[event.key] || null;
    return target.closest("button, summary, a, [role=button]") ? null : "play";
  }

  function onKey(event) {
    const name = asked(event);
    const target = event.target;
    if (!name) return;
    const player = current(target);
    if (!player || !player.total) return;
    event.preventDefault();
    if (name !== "play") player.stop();
    player.acts[name]();
  }

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
  // The players of a report, which is a page of its own.
  function page() {
    for (const figure of document.querySelectorAll("figure.player")) {
      const data = figure.querySelector('script[type="application/json"]').textContent;
      players.push(new Player(figure, JSON.parse(data)));
    }
    document.addEventListener("keydown", onKey);
    window.addEventListener("hashchange", follow);
    window.addEventListener("resize", () => players.forEach((player) => {
      player.offerFit();
      player.reveal();
    }));
    follow();
  }

  // ---- the token game: the same player, whose steps are played in a kernel ----

  function make(name, attributes, ...inside) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  }

  // The picture as shapes: nothing in it can run or load.
  function picture(text) {
    const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (root.localName !== "svg") return null;
    for (const item of root.querySelectorAll("*")) {
      if (["script", "foreignObject", "image", "use", "a", "style"].includes(item.localName)) {
        item.remove();
        continue;
      }
      for (const { name } of [...item.attributes]) {
        if (/^on|href$/i.test(name)) item.removeAttribute(name);
      }
    }
    return document.importNode(root, true);
  }

  const BUTTONS = [
    ["first", "|‹", "To the start of the game"], ["back", "‹ Undo", "Undo: one step back"],
    ["forward", "Redo ›", "Redo: one step forward"], ["last", "›|", "To the last step"],
    ["random", "Random step", "One random step"], ["play", "▶ Play", "Play at random"],
  ];
  const SPEEDS = [["slow", 1800], ["normal", 900], ["fast", 250]];
  const NO_KERNEL = "No kernel is running: what was played before can be looked at.";

  // A list that is folded: steps that can be gone to.
  function folded(title, css) {
    const list = make("ol", { class: "steps" });
    const head = make("summary", {}, title);
    return { list, head, box: make("details", { class: css }, head, list) };
  }

  function legend(kind) {
    const signs = kind === "machine"
      ? [["here", "current state"], ["can", "can happen now: click it"], ["passed", "the way so far"]]
      : [["token", "token"], ["can", "can happen now: click it"], ["ring", "acted last"],
        ["passed", "the way so far"]];
    return signs.map(([css, text]) =>
      make("span", { class: "key" }, make("i", { class: `k-${css}` }), ` ${text}`));
  }

  class Game extends Player {
    constructor(root, model) {
      const scene = model.get("scene");
      const run = folded("History", "run");
      run.box.dataset.run = "0";
      const speed = make("select", { class: "speed", "aria-label": "speed of random play" });
      for (const [name, pause] of SPEEDS) speed.append(make("option", { value: pause }, name));
      speed.value = "900";
      const bar = make("div", { class: "controls", role: "toolbar", "aria-label": "token game" });
      for (const [name, sign, title] of BUTTONS) {
        const of = { type: "button", "data-do": name, title, "aria-label": title };
        bar.append(make("button", of, sign));
      }
      bar.append(
        speed,
        make("button", { type: "button", "data-do": "reset", title: "Start again" }, "Start again"),
        make("button", { type: "button", "data-do": "fit", "aria-pressed": "false" }, "Whole diagram"),
        make("input", { type: "range", min: "0", value: "0", "aria-label": "step of the game" }),
      );
      bar.querySelector("[data-do=fit]").hidden = true;
      const drawn = scene.svg ? picture(scene.svg) : null;
      const canvas = make("div", { class: "canvas", role: "group", "aria-label": "diagram" });
      canvas.append(drawn || make("p", { class: "note" }, "No picture could be drawn in time."));
      const now = make("div", { class: "now", role: "group", "aria-label": "what can happen now" });
      const says = make("p", { class: "says", "aria-live": "polite" },
        make("b", { class: "at" }), " ", make("span", { class: "sentence", dir: "auto" }), " ",
        make("span", { class: "where", dir: "auto" }));
      const caption = make("figcaption", {}, ...legend(scene.kind));
      if (scene.warning) caption.append(make("b", { dir: "auto" }, scene.warning));
      if (scene.note) caption.append(make("span", {}, scene.note));
      const figure = make("figure",
        { class: `player game ${scene.kind}`, tabindex: "-1", "data-lm-suppress-shortcuts": "true",
          "aria-label": `token game: ${scene.title}` },
        make("p", { class: "title" }, make("b", { dir: "auto" }, scene.title),
          make("span", { class: "live note" })),
        says, bar, now, canvas, caption);
      const lists = make("div", { class: "lists" }, run.box);
      figure.append(lists);
      root.append(figure);
      super(figure, Game.data(model));
      this.model = model;
      this.scene = scene;
      this.run = run;
      this.speed = speed;
      this.now = now;
      this.live = false;
      this.waits = false;
      this.menu = null;
      if (scene.witness.length) this.witness(lists);
      this.listenGame();
      this.number = 0;
      this.refresh();
      this.offerFit();
    }

    // The history of the kernel as a view of the player.
    static data(model) {
      const names = model.get("names");
      const steps = model.get("history").map(([owner, changed]) => [owner, changed]);
      const view = { start: model.get("start"), steps, loop: null, blamed: [] };
      return { ...names, views: [view] };
    }

    // The player listens before the game is made: what it asks for is kept until then.
    listen() {
      this.acts = {
        first: () => this.go(0), back: () => this.go(this.at - 1), play: () => this.toggle(),
        forward: () => this.go(this.at + 1), last: () => this.go(this.total), fit: () => this.fit(),
        random: () => this.ask("random"), reset: () => this.ask("reset"),
      };
    }

    choose() { this.at = 0; }

    listenGame() {
      for (const button of this.bar.querySelectorAll("button")) {
        button.addEventListener("click", () => {
          if (button.dataset.do !== "play" && button.dataset.do !== "fit") this.stop();
          this.acts[button.dataset.do]();
        });
      }
      this.slider.addEventListener("input", () => { this.stop(); this.go(+this.slider.value); });
      this.run.list.addEventListener("click", (event) => {
        const line = event.target.closest("li");
        if (!line) return;
        this.stop();
        this.go([...this.run.list.children].indexOf(line) + 1);
      });
      const act = (event) => {
        const group = event.target.closest(".can");
        if (!group) return;
        event.preventDefault();
        event.stopPropagation();
        this.stop();
        this.click(group);
      };
      if (this.svg) {
        this.svg.addEventListener("click", act);
        this.svg.addEventListener("keydown", (event) => {
          if (event.key === "Enter" || event.key === " ") act(event);
        });
      }
      this.figure.addEventListener("keydown", (event) => this.onKey(event));
      this.figure.addEventListener("click", (event) => {
        if (this.menu && !event.composedPath().includes(this.menu)) this.close();
      });
      this.figure.classList.add("live");
      const changed = () => {
        if (this.planned) return;
        this.planned = true;
        queueMicrotask(() => { this.planned = false; this.refresh(); });
      };
      for (const name of ["names", "start", "history", "position", "now"]) {
        this.model.on(`change:${name}`, changed);
      }
      this.model.on("msg:custom", (message) => {
        if (!message || !message.live) return;
        this.live = true;
        this.refresh();
      });
      this.changed = changed;
      this.send({ do: "hello" });
    }

    end() {
      this.stop();
      for (const name of ["names", "start", "history", "position", "now"]) {
        this.model.off(`change:${name}`, this.changed);
      }
    }

    onKey(event) {
      if (event.key === "Escape" && this.menu) {
        event.stopPropagation();
        this.close(true);
        return;
      }
      const name = asked(event);
      if (!name) return;
      event.preventDefault();
      event.stopPropagation();
      if (name !== "play") this.stop();
      this.acts[name]();
    }

    witness(lists) {
      const total = this.scene.witness.length;
      const { list, box } = folded(`The witness: ${total} step${total === 1 ? "" : "s"}`, "witness");
      const start = make("li", { class: "start", value: "0" }, jump("Before the first step."));
      list.append(start);
      this.scene.witness.forEach((text, i) => {
        const css = i === this.scene.loop ? "loop" : "";
        list.append(make("li", { value: String(i + 1), class: css }, jump(text)));
      });
      list.addEventListener("click", (event) => {
        const line = event.target.closest("li");
        if (!line) return;
        this.stop();
        this.ask("jump", +line.getAttribute("value"));
      });
      lists.append(box);
    }

    // Takes over what the kernel says.
    refresh() {
      this.data = Game.data(this.model);
      this.waits = false;
      this.close();
      this.find();
      const lines = this.model.get("history");
      const list = this.run.list;
      while (list.children.length > lines.length) list.lastElementChild.remove();
      lines.forEach(([, , text], i) => {
        if (!list.children[i]) list.append(make("li", {}, make("span", { dir: "auto" })));
        const span = list.children[i].firstElementChild;
        if (span.textContent !== text) span.textContent = text;
      });
      this.lines = [...list.children];
      const count = `${lines.length} step${lines.length === 1 ? "" : "s"}`;
      this.run.head.textContent = `History: ${count}`;
      this.slider.max = String(lines.length);
      const now = this.model.get("now");
      this.view.blamed = now.at === this.model.get("position") ? now.blamed : [];
      this.figure.querySelector(".live.note").textContent = this.live ? "" : NO_KERNEL;
      this.show(this.model.get("position"));
    }

    // What the kernel said about the step that is shown; nothing while it is asked.
    get current() {
      const now = this.model.get("now");
      return now.at === this.at && !this.waits ? now : null;
    }

    go(step) {
      const at = Math.max(0, Math.min(this.total, step));
      if (at === this.at) return;
      this.view.blamed = [];
      this.model.set("position", at);
      this.model.save_changes();
      this.show(at);
    }

    show(step) {
      super.show(step);
      if (this.scene.kind === "machine") {
        for (const i of Object.keys(this.states[0][this.at])) this.spot(i)?.classList.add("here");
      }
      this.offer();
    }

    tell(line) {
      const words = this.data.words;
      const held = Object.entries(this.states[0][this.at]);
      const total = held.reduce((sum, [, count]) => sum + count, 0);
      const told = held.slice(0, 12).map(([i, count]) =>
        (count > 1 ? `${count} × ` : "") + words[i]);
      if (held.length > 12) told.push(`${held.length - 12} more`);
      const tokens = total ? `${total} token${total === 1 ? "" : "s"}: ${told.join(" · ")}` : "No tokens.";
      this.set(".at", `Step ${this.at} of ${this.total}`);
      this.set(".sentence", line ? line.textContent : "Nothing has happened yet.");
      const machine = this.scene.kind === "machine";
      this.set(".where", machine ? `Now ${told.join("") || "before the beginning"}` : tokens);
    }

    set(place, text) {
      const found = this.says.querySelector(place);
      if (found.textContent !== text) found.textContent = text;
    }

    // Marks what can happen: on the picture, and as a list of buttons.
    offer() {
      const now = this.current;
      const choices = now ? now.choices : [];
      const by = new Map();
      choices.forEach(([i, text], number) => {
        const drawn = this.groups[this.data.inside[i]] || [];
        for (const group of drawn.slice(0, 1)) {
          if (!by.has(group)) by.set(group, []);
          by.get(group).push([number, text]);
        }
      });
      this.by = by;
      for (const groups of this.groups) {
        for (const group of groups) {
          const ways = this.live && by.get(group);
          group.classList.toggle("can", Boolean(ways));
          for (const [key, value] of [["tabindex", "0"], ["role", "button"]]) {
            if (ways) group.setAttribute(key, value);
            else group.removeAttribute(key);
          }
          if (ways) {
            const more = ways.length > 1 ? `, ${ways.length} ways` : "";
            group.setAttribute("aria-label", ways[0][1] + more);
          } else group.removeAttribute("aria-label");
        }
      }
      this.mark(by);
      const buttons = choices.map(([, text], number) => {
        const button = make("button", { type: "button", dir: "auto" }, text);
        button.disabled = !this.live;
        button.addEventListener("click", () => { this.stop(); this.fire(number); });
        return button;
      });
      const had = this.now.contains(this.active());
      const what = choices.length ? "What can happen now:" : now ? now.remark : "…";
      const stuck = now && now.blamed.length ? "remark stuck" : "remark";
      const said = make("span", { class: choices.length ? "remark" : stuck }, what);
      if (now && now.more) buttons.push(make("span", { class: "note" }, `and ${now.more} more`));
      this.now.replaceChildren(said, ...buttons);
      if (had) (this.now.querySelector("button") || this.figure).focus({ preventScroll: true });
      for (const name of ["random", "play"]) {
        this.button(name).disabled = !this.live || (Boolean(now) && !choices.length);
      }
      this.button("reset").disabled = !this.live || !this.total;
      if (now && !choices.length && this.timer !== null) this.stop();
      this.next();
    }

    active() { return this.figure.getRootNode().activeElement; }

    // A small arrow beside each element that can act, for those who do not see colours.
    mark(by) {
      const layer = this.svg && this.svg.querySelector(".layer");
      if (!layer || !this.live) return;
      for (const group of by.keys()) {
        if (group.dataset.at || !group.dataset.box) continue;
        const [x, y, , height] = numbers(group.dataset.box);
        add(layer, "path", { class: "go", d: `M${x - 9} ${y + height / 2 - 8}l14 8l-14 8z` });
      }
    }

    click(group) {
      const ways = this.by.get(group) || [];
      if (ways.length === 1) this.fire(ways[0][0]);
      else if (ways.length) this.open(group, ways);
    }

    // The ways in which an element can act, to choose from.
    open(group, ways) {
      this.close();
      const menu = make("div", { class: "ways", role: "group", "aria-label": "choose one" });
      menu.append(make("b", {}, "Choose one:"));
      for (const [number, text] of ways) {
        const button = make("button", { type: "button", dir: "auto" }, text);
        button.addEventListener("click", () => this.fire(number));
        menu.append(button);
      }
      this.figure.append(menu);
      const frame = this.figure.getBoundingClientRect();
      const box = group.getBoundingClientRect();
      const left = Math.min(box.left - frame.left, frame.width - menu.offsetWidth - 8);
      menu.style.left = `${Math.max(4, left)}px`;
      menu.style.top = `${box.bottom - frame.top + 8}px`;
      this.menu = menu;
      this.opener = group;
      menu.querySelector("button").focus({ preventScroll: true });
      menu.scrollIntoView({ block: "nearest" });
    }

    close(back) {
      if (!this.menu) return;
      this.menu.remove();
      this.menu = null;
      if (back) this.opener.focus();
    }

    fire(number) { this.ask("fire", number); }

    ask(what, number) {
      if (!this.live) {
        if (what === "jump") this.go(number);
        return;
      }
      this.waits = true;
      this.close();
      this.send({ do: what, number, serial: this.model.get("now").serial });
    }

    send(content) {
      try {
        this.model.send(content);
      } catch {
        this.live = false;
      }
    }

    toggle() {
      if (this.timer !== null) { this.stop(); return; }
      if (!this.live) return;
      this.timer = 0;
      this.button("play").textContent = "❚❚ Pause";
      this.button("play").setAttribute("aria-label", "Pause");
      this.ask("random");
    }

    // The next random step, some time after the last one has come.
    next() {
      if (this.timer === null || this.waits || !this.current) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask("random"), +this.speed.value);
    }

    stop() {
      if (this.timer !== null) clearTimeout(this.timer);
      this.timer = null;
      this.button("play").textContent = "▶ Play";
      this.button("play").setAttribute("aria-label", "Play at random");
    }
  }

  const jump = (text) => make("span", { dir: "auto" }, text);

  // Whether the program around the notebook is dark; null where that cannot be told.
  function dark() {
    const body = document.body;
    if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false";
    if (/\bvscode-(dark|light|high-contrast)/.test(body.className)) {
      return !/\bvscode-(high-contrast-)?light/.test(body.className);
    }
    return null;
  }

  // Shows a game in a notebook: in a tree of its own, so that no style gets in or out.
  function game(model, element, style) {
    const root = element.attachShadow ? element.appendChild(document.createElement("div")) : element;
    const tree = root.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style.replaceAll(":root", ":host"));
    tree.adoptedStyleSheets = [sheet];
    const scheme = [...sheet.cssRules].find((rule) => rule.media && /color-scheme/.test(rule.media.mediaText));
    const usual = scheme ? scheme.media.mediaText : "";
    const paint = () => {
      const chosen = dark();
      if (scheme) scheme.media.mediaText = chosen === null ? usual : chosen ? "all" : "not all";
      root.style.colorScheme = chosen === null ? "light dark" : chosen ? "dark" : "light";
    };
    paint();
    const watch = new MutationObserver(paint);
    watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
    const shown = new Game(tree, model);
    return () => { watch.disconnect(); shown.end(); };
  }

  return { page, game };
})();
