// Search among the cards, opening what a link leads to, and the network. Without it the page is whole:
// the cards stand open to be opened, and the network is a picture.
"use strict";
const fold = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// What a link leads to may stand in a card that is closed.
function open() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const shut = target.closest("[hidden]");
  if (shut) { find.value = ""; search(); }
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  const inside = target.querySelector("details");
  if (inside && target.parentElement.id === "cards") inside.open = true;
  target.scrollIntoView();
}

const find = document.getElementById("find");
const cards = [...document.querySelectorAll("#cards > li")];
const names = cards.map(card => fold(card.dataset.names));
const found = document.getElementById("found");
function search() {
  const words = fold(find.value).split(/\s+/).filter(Boolean);
  let count = 0;
  cards.forEach((card, i) => {
    const match = words.every(word => names[i].includes(word));
    card.hidden = !match;
    count += match;
  });
  found.textContent = words.length ? `${count} of ${cards.length}` : "";
}
if (find) { find.closest("form").hidden = false; find.addEventListener("input", search); }
addEventListener("hashchange", open);
// A link that is followed a second time changes no hash.
addEventListener("click", event => { const a = event.target.closest("a"); if (a && a.getAttribute("href") === location.hash) open(); });
addEventListener("beforeprint", () => document.querySelectorAll("section:not(#entities) details").forEach(d => { d.open = true; }));

const data = document.getElementById("network-data");
if (data) {
  const network = JSON.parse(data.textContent);
  const live = document.getElementById("live");
  const [centre, hops, year, undated] = ["centre", "hops", "year", "undated"].map(id => document.getElementById(id));
  const said = document.getElementById("said");
  live.hidden = false;
  document.getElementById("still").hidden = true;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const short = text => text.length > 30 ? text.slice(0, 29) + "…" : text;
  const cy = cytoscape({
    container: document.getElementById("net"), minZoom: 0.2, maxZoom: 3, userZoomingEnabled: false, autoungrabify: true,
    style: [
      { selector: "node", style: { label: "data(label)", "background-color": "#444", width: 14, height: 14, "font-size": 12, "text-valign": "top", "text-margin-y": -3, "text-wrap": "wrap", "text-max-width": 130, "text-background-color": "#fff", "text-background-opacity": 0.8 } },
      { selector: "node.centre", style: { "background-color": "#2440a8", width: 22, height: 22, "font-weight": "bold" } },
      { selector: "edge", style: { "line-color": "data(colour)", "target-arrow-color": "data(colour)", width: "data(width)", "curve-style": "bezier", "line-style": "solid" } },
      { selector: "edge[?directed]", style: { "target-arrow-shape": "triangle" } },
      { selector: "edge[!concluded]", style: { "line-style": "dashed" } },
      { selector: ":selected", style: { "overlay-color": "#e69f00", "overlay-opacity": 0.35 } },
    ],
  });
  const told = edge => `${network.nodes[edge.source].name} ${edge.directed ? "→" : "–"} ${network.nodes[edge.target].name}: ${edge.deals} ${edge.deals === 1 ? "deal" : "deals"}, ${edge.concluded} concluded${edge.parts.length ? "; " + edge.parts.map(p => p.replaceAll("_", " ")).join(", ") : ""}${edge.year ? "; since " + edge.year : ""}`;
  function say(text, links) {
    said.textContent = text;
    links.forEach(([where, label]) => { const a = document.createElement("a"); a.href = "#" + where; a.textContent = label; said.append(" ", a); });
  }
  function draw() {
    const near = network.centres[centre.value].filter(([, hop]) => hop <= +hops.value);
    const inside = new Set(near.map(([node]) => node));
    const edges = network.edges.filter(e => inside.has(e.source) && inside.has(e.target) && (e.year === null ? undated.checked : e.year <= +year.value));
    // Whoever is reached no more once lines are left out is not shown.
    const reached = new Set([+centre.value]);
    for (let grown = true; grown;) {
      grown = false;
      for (const e of edges) if (reached.has(e.source) !== reached.has(e.target)) { reached.add(e.source); reached.add(e.target); grown = true; }
    }
    document.getElementById("upto").textContent = year.value;
    cy.elements().remove();
    cy.add(near.filter(([node]) => reached.has(node)).map(([node, , x, y]) => ({ group: "nodes", data: { id: "n" + node, number: node, label: short(network.nodes[node].name) }, position: { x: x * 420, y: y * 300 }, classes: node === +centre.value ? "centre" : "" })));
    cy.add(edges.filter(e => reached.has(e.source)).map((e, i) => ({ group: "edges", data: { id: "e" + i, source: "n" + e.source, target: "n" + e.target, colour: network.colours[e.part], width: Math.min(2 + e.deals, 8), directed: e.directed, concluded: e.concluded, edge: e } })));
    cy.fit(undefined, 40);
    if (cy.zoom() > 1.3) { cy.zoom(1.3); cy.center(); }
    if (cy.zoom() < 0.7) { cy.zoom(0.7); cy.center(cy.$(".centre")); }  // names stay readable; drag to see the rest
    say(`${reached.size - 1} around ${network.nodes[centre.value].name}. Choose a line or a name in it.`, []);
  }
  cy.on("tap", "edge", event => { const e = event.target.data("edge"); say(told(e), e.records.map((record, i) => [record, "quote " + (i + 1)])); });
  cy.on("tap", "node", event => { const n = network.nodes[event.target.data("number")]; say(n.name + (n.country ? ` (${n.country})` : ""), [[n.card, "its card"]]); });
  cy.on("dbltap", "node", event => { const n = event.target.data("number"); if (n in network.centres) { centre.value = n; draw(); } });
  [centre, hops, year, undated].forEach(input => input.addEventListener("input", draw));
  draw();
}
open();
