export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The line `y = base + slope x`; `worst`: how far it is from the point it fits least, as a share of that. */
export interface Line {
  readonly base: number;
  readonly slope: number;
  readonly worst: number;
}

/** Least squares of the relative deviation, so that a small point weighs as much as one ten thousand times as large. */
export function fittedLine(points: readonly Point[]): Line {
  const sum = (term: (point: Point) => number): number =>
    points.reduce((total, point) => total + term(point), 0);
  // The normal equations of (base + slope x) / y = 1.
  const aa = sum(({ y }) => 1 / y ** 2);
  const ab = sum(({ x, y }) => x / y ** 2);
  const bb = sum(({ x, y }) => (x / y) ** 2);
  const [ra, rb] = [sum(({ y }) => 1 / y), sum(({ x, y }) => x / y)];
  const determinant = aa * bb - ab * ab;
  const base = (ra * bb - rb * ab) / determinant;
  const slope = (aa * rb - ab * ra) / determinant;
  return { base, slope, worst: Math.max(...points.map(({ x, y }) => Math.abs((base + slope * x) / y - 1))) };
}
