/**
 * The fake camera: any picture of a QR code, the server's or a token's display, as a video of
 * somebody holding it in front of a camera, with dials for what makes reading hard.
 *
 *   chromium --use-fake-device-for-media-stream --use-fake-ui-for-media-stream \
 *     --use-file-for-fake-video-capture=camera.y4m
 */
import { integer } from '../../host/arguments.ts';
import { blurred, noisy, stained } from './damage.ts';
import { type GreyPicture, readGrey } from './picture.ts';
import { randomFrom } from './random.ts';
import { writeVideo } from './video.ts';
import { type Pose, viewOf } from './view.ts';

export { type GreyPicture, readGrey, writePng } from './picture.ts';

export interface CameraOptions {
  /** Pixels of the video, even numbers 16..4096; 640 x 480 if absent. */
  width?: number;
  height?: number;
  /** Frames, 1..300, each with noise and a hold of its own; 5 if absent. The video repeats. */
  frames?: number;
  /** Want of focus: deviation in pixels of the video, 0..50; 0 if absent. */
  blur?: number;
  /** How the picture is held (view.ts); straight, and 0.8 of the height, if absent. */
  tilt?: Partial<Pose>;
  /** Degrees by which the hold differs from frame to frame, 0..20; 0 if absent. */
  tremor?: number;
  /** Deviation of the noise, 0..255 steps of light; 0 if absent. jsqr bears 4. */
  noise?: number;
  /** Share of the picture under stains, 0..1; none if absent. */
  stains?: number;
  /** The chance in noise, stains and tremor: the same seed gives the same bytes. 1 if absent. */
  seed?: number;
}

const FRAMES_PER_SECOND = 10;

/** What the camera sees: the frames of the video. */
export function photograph(picture: GreyPicture, options: CameraOptions = {}): GreyPicture[] {
  const { width, height, frames, blur, pose, tremor, noise, stains, seed } = checked(options);
  const random = randomFrom(seed);
  const held = stained(picture, stains, random);
  return Array.from({ length: frames }, () => {
    const shaken = (angle: number) => angle + tremor * (2 * random() - 1);
    const { turn, yaw, pitch, share } = pose;
    const hold = { turn: shaken(turn), yaw: shaken(yaw), pitch: shaken(pitch), share };
    return noisy(blurred(viewOf(held, hold, width, height), blur), noise, random);
  });
}

/**
 * The video of a picture, a PNG or JPEG file, that is held in front of the camera.
 * @returns a .y4m file
 * @throws RangeError for a dial out of range; RecordError for a file that is no picture
 */
export function filmOf(file: Uint8Array, options: CameraOptions = {}): Uint8Array {
  return writeVideo(photograph(readGrey(file), options), FRAMES_PER_SECOND);
}

function checked(options: CameraOptions) {
  const { tilt = {} } = options;
  return {
    width: 2 * integer('width / 2', (options.width ?? 640) / 2, 8, 2048),
    height: 2 * integer('height / 2', (options.height ?? 480) / 2, 8, 2048),
    frames: integer('frames', options.frames ?? 5, 1, 300),
    blur: within('blur', options.blur ?? 0, 0, 50),
    pose: {
      turn: within('tilt.turn', tilt.turn ?? 0, -180, 180),
      yaw: within('tilt.yaw', tilt.yaw ?? 0, -80, 80),
      pitch: within('tilt.pitch', tilt.pitch ?? 0, -80, 80),
      share: within('tilt.share', tilt.share ?? 0.8, 0.05, 2),
    },
    tremor: within('tremor', options.tremor ?? 0, 0, 20),
    noise: within('noise', options.noise ?? 0, 0, 255),
    stains: within('stains', options.stains ?? 0, 0, 1),
    seed: integer('seed', options.seed ?? 1, 0, 0xffff_ffff),
  };
}

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new RangeError(`${name}: expected ${least}..${most}, got ${value}`);
}
