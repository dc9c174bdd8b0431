// Before anything is drawn: that there are scripts, the paper that the reader has chosen here, and the
// fonts of formulas, which stand in the styles but are read only when they are asked for: what was
// drawn without them would move.
{
  const page = document.documentElement;
  page.classList.add("scripted");
  let chosen = null;
  try {
    chosen = localStorage.getItem("paper");
  } catch {
    // Storage may be refused; the system's choice holds then.
  }
  if (chosen === "light" || chosen === "dark") page.dataset.paper = chosen;
  const inline = document.currentScript.dataset.fonts;
  if (inline) {
    const show = () => page.classList.remove("waits-for-fonts");
    page.classList.add("waits-for-fonts");
    setTimeout(show, 1000); // better a line that moves than an empty page
    Promise.all(inline.split(", ").map((font) => document.fonts.load(font))).then(show, show);
  }
}
