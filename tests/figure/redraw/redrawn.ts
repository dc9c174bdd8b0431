import { type Figure } from "lora-dynamics/figure/mod.ts";
import { csv } from "../../../lib/figure/csv.ts";
import { rowsOf } from "../../../lib/figure/redraw/csv_rows.ts";
import { figureOfRecord, recordFigure } from "../../../lib/figure/redraw/record.ts";
import { ownSize } from "../../../lib/figure/svg.ts";

/** A figure of the text of its CSV and JSON files, as `redraw` reads them, with its caption. */
export function redrawn(figure: Figure, change = (table: string): string => table): Figure {
  const record = JSON.parse(JSON.stringify(recordFigure(figure)));
  const names = Array.isArray(figure.rows) ? undefined : Object.keys(figure.rows);
  const rows = rowsOf(change(csv(figure.rows)), names);
  return { ...figureOfRecord(record, rows, ownSize(figure)), caption: figure.caption };
}
