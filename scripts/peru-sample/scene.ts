/** A background that moves or stands still, and the colours of text that stays readable on it. */
interface Scene {
  /** ffmpeg source filter without size and rate. */
  source: string;
  ink: string;
  paper: string;
  /** A coloured rectangle that moves; positions are expressions of ffmpeg's `overlay` filter. */
  sprite?: { colour: string; width: number; height: number; x: string; y: string };
}

const bouncing = { x: 'abs(mod(t*90\\,2*(W-w))-(W-w))', y: 'H*0.72-abs(sin(t*4))*H*0.12' };
const crossing = { x: 'mod(t*60\\,W+w)-w', y: 'H*0.8' };
const swaying = { x: '(W-w)/2+sin(t*3)*W*0.3', y: 'H*0.66' };

const scenes = {
  studio: { source: 'gradients=c0=0x0b1f4b:c1=0x12407a:n=2:seed=1:speed=0.01', ink: 'white', paper: '0x081433' },
  newsroom: {
    source: 'color=c=0x14323f',
    ink: 'white',
    paper: '0x14323f',
    sprite: { colour: '0xd0342c', width: 60, height: 14, ...crossing },
  },
  square: {
    source: 'color=c=0xb3001b',
    ink: 'white',
    paper: '0xb3001b',
    sprite: { colour: '0xf7f7f7', width: 70, height: 110, ...swaying },
  },
  countryside: { source: 'gradients=c0=0x8fd16a:c1=0xcdeeb0:n=2:seed=2:speed=0.01', ink: 'black', paper: '0xe9f7dd' },
  kitchen: {
    source: 'gradients=c0=0xffe3a3:c1=0xfff0c9:n=2:seed=3:speed=0.02',
    ink: 'black',
    paper: '0xfff8e6',
    sprite: { colour: '0xe07a1f', width: 80, height: 50, ...swaying },
  },
  pitch: {
    source: 'color=c=0x1c6b2a',
    ink: 'white',
    paper: '0x0d3b16',
    sprite: { colour: 'white', width: 26, height: 26, ...bouncing },
  },
  disco: {
    source: 'gradients=c0=0x3a0a5e:c1=0x5e0a35:c2=0x12104a:n=3:seed=4:speed=0.06',
    ink: 'white',
    paper: '0x12002b',
  },
  night: {
    source: 'color=c=0x0a0a0a',
    ink: 'white',
    paper: '0x0a0a0a',
    sprite: { colour: '0x3a3a3a', width: 44, height: 90, ...crossing },
  },
  street: {
    source: 'color=c=0x7d7d7d',
    ink: 'white',
    paper: '0x202020',
    sprite: { colour: '0x2b6cb0', width: 90, height: 44, ...crossing },
  },
  paper: { source: 'color=c=0xf4f1e8', ink: '0x111111', paper: '0xf4f1e8' },
  slate: { source: 'color=c=0x2f3e46', ink: 'white', paper: '0x2f3e46' },
  sofa: {
    source: 'color=c=0xcdb4a0',
    ink: 'black',
    paper: '0xf3e9e1',
    sprite: { colour: '0x4a3728', width: 120, height: 60, ...swaying },
  },
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof scenes;

export const sceneNamed = (name: SceneName): Scene => scenes[name];
