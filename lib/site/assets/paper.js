// Before anything is drawn: that there are scripts, the paper that the reader has chosen here, and the
// fonts of formulas, so that no line moves when they come. (Files on a disk refuse to be loaded ahead.)
{
  const page = document.documentElement, { src, dataset } = document.currentScript;
  page.classList.add("scripted");
  let chosen = null;
  try {
    chosen = localStorage.getItem("paper");
  } catch {
    // Storage may be refused; the system's choice holds then.
  }
  if (chosen === "light" || chosen === "dark") page.dataset.paper = chosen;
  if (dataset.formulas !== undefined && location.protocol !== "file:") {
    for (const name of ["Main-Regular", "Math-Italic", "Size1-Regular", "Caligraphic-Regular"]) {
      const link = document.createElement("link");
      const href = new URL(`fonts/KaTeX_${name}.woff2`, src).href;
      Object.assign(link, {
        rel: "preload",
        as: "font",
        type: "font/woff2",
        crossOrigin: "",
        href,
      });
      document.head.append(link);
    }
  }
}
