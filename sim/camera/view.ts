/**
 * A picture as a camera sees it that is held in front of it: turned, tilted, near or far.
 *
 * The picture lies in a plane, in the middle of the view. For every pixel of the view the ray from
 * the eye through that pixel is followed to the plane, and the picture's light is taken there.
 */
import { type GreyPicture, lightAt } from './picture.ts';

export interface Pose {
  /** Degrees, -180..180: turned in its own plane, clockwise. */
  turn: number;
  /** Degrees, -80..80: tilted around the vertical axis, the right side going back. */
  yaw: number;
  /** Degrees, -80..80: tilted around the horizontal axis, the upper side going back. */
  pitch: number;
  /** Share of the height of the view that the picture takes when it is not turned, 0.05..2. */
  share: number;
}

/** Light of what is behind the picture. */
const BACKGROUND = 96;
/** Distance of the eye, in heights of the view: about the lens of a telephone. */
const EYE = 1.4;

type Vector = readonly [x: number, y: number, z: number];

/** Renders the view, `width` x `height` pixels. */
export function viewOf(
  picture: GreyPicture,
  pose: Pose,
  width: number,
  height: number,
): GreyPicture {
  const { across, down } = axesOf(pose);
  const normal = cross(across, down);
  const pixelsPerHeight = Math.max(picture.width, picture.height) / pose.share;
  const grey = new Uint8Array(width * height).fill(BACKGROUND);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ray: Vector = [(x + 0.5 - width / 2) / height, (y + 0.5 - height / 2) / height, EYE];
      // Where the ray, from the eye at z = -EYE, meets the plane through the origin.
      const approach = dot(ray, normal);
      const distance = (EYE * normal[2]) / approach;
      if (!(distance > 0)) continue;
      const hit: Vector = [ray[0] * distance, ray[1] * distance, ray[2] * distance - EYE];
      const pictureX = dot(hit, across) * pixelsPerHeight + picture.width / 2 - 0.5;
      const pictureY = dot(hit, down) * pixelsPerHeight + picture.height / 2 - 0.5;
      grey[y * width + x] = lightAt(picture, pictureX, pictureY, BACKGROUND);
    }
  }
  return { width, height, grey };
}

/** Unit vectors along the picture's rows and columns: x to the right, y down, z away. */
function axesOf({ turn, yaw, pitch }: Pose): { across: Vector; down: Vector } {
  const place = (x: number, y: number): Vector => {
    const [turnedX, turnedY] = rotated(x, y, turn);
    const [yawedX, depth] = rotated(turnedX, 0, yaw);
    const [pitchedDepth, pitchedY] = rotated(depth, turnedY, pitch);
    return [yawedX, pitchedY, pitchedDepth];
  };
  return { across: place(1, 0), down: place(0, 1) };
}

function rotated(x: number, y: number, degrees: number): [number, number] {
  const [sine, cosine] = [Math.sin, Math.cos].map((wave) => wave((degrees * Math.PI) / 180));
  return [x * cosine! - y * sine!, x * sine! + y * cosine!];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
