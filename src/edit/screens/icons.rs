//! The small signs of toolbars, as strokes.

use crate::edit::photo::{Colour, Photo};
use crate::edit::warp::Point;

/// Strokes through points in a square from -1 to 1.
type Strokes = &'static [&'static [Point]];

/// A sign that everyone knows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Icon {
    Back,
    Dots,
    Heart,
    Bubble,
    Plane,
    Flag,
    Bin,
    Share,
    Pen,
    Search,
    House,
    Plus,
    Person,
    Repeat,
    Camera,
    Call,
}

impl Icon {
    fn strokes(self) -> Strokes {
        match self {
            Self::Back => BACK,
            Self::Dots => DOTS,
            Self::Heart => HEART,
            Self::Bubble => BUBBLE,
            Self::Plane => PLANE,
            Self::Flag => FLAG,
            Self::Bin => BIN,
            Self::Share => SHARE,
            Self::Pen => PEN,
            Self::Search => SEARCH,
            Self::House => HOUSE,
            Self::Plus => PLUS,
            Self::Person => PERSON,
            Self::Repeat => REPEAT,
            Self::Camera => CAMERA,
            Self::Call => CALL,
        }
    }
}

const BACK: Strokes = &[&[(0.4, -0.9), (-0.5, 0.0), (0.4, 0.9)]];

const DOTS: Strokes =
    &[&[(0.0, -0.7), (0.0, -0.69)], &[(0.0, 0.0), (0.0, 0.01)], &[(0.0, 0.7), (0.0, 0.71)]];

const HEART: Strokes = &[&[
    (0.0, 0.85),
    (-0.8, 0.1),
    (-0.95, -0.35),
    (-0.7, -0.75),
    (-0.3, -0.8),
    (0.0, -0.45),
    (0.3, -0.8),
    (0.7, -0.75),
    (0.95, -0.35),
    (0.8, 0.1),
    (0.0, 0.85),
]];

const BUBBLE: Strokes = &[&[
    (-0.6, 0.9),
    (-0.5, 0.55),
    (-0.85, 0.1),
    (-0.8, -0.4),
    (-0.4, -0.8),
    (0.2, -0.85),
    (0.7, -0.55),
    (0.9, 0.0),
    (0.65, 0.5),
    (0.2, 0.75),
    (-0.2, 0.72),
    (-0.6, 0.9),
]];

const PLANE: Strokes = &[
    &[(-0.9, -0.8), (0.95, -0.8), (0.0, 0.9), (-0.2, -0.1), (-0.9, -0.8)],
    &[(-0.2, -0.1), (0.95, -0.8)],
];

const FLAG: Strokes =
    &[&[(-0.6, 0.9), (-0.6, -0.85), (0.6, -0.85), (0.6, 0.9), (0.0, 0.35), (-0.6, 0.9)]];

const BIN: Strokes = &[
    &[(-0.8, -0.6), (0.8, -0.6)],
    &[(-0.6, -0.6), (-0.5, 0.9), (0.5, 0.9), (0.6, -0.6)],
    &[(-0.25, -0.6), (-0.2, -0.9), (0.2, -0.9), (0.25, -0.6)],
];

const SHARE: Strokes = &[
    &[(-0.35, -0.2), (-0.7, -0.2), (-0.7, 0.9), (0.7, 0.9), (0.7, -0.2), (0.35, -0.2)],
    &[(0.0, 0.4), (0.0, -0.9)],
    &[(-0.35, -0.55), (0.0, -0.9), (0.35, -0.55)],
];

const PEN: Strokes =
    &[&[(-0.9, 0.9), (-0.75, 0.35), (0.5, -0.9), (0.9, -0.5), (-0.35, 0.75), (-0.9, 0.9)]];

const SEARCH: Strokes = &[
    &[
        (0.4, -0.2),
        (0.25, 0.2),
        (-0.2, 0.4),
        (-0.65, 0.2),
        (-0.85, -0.2),
        (-0.65, -0.65),
        (-0.2, -0.85),
        (0.25, -0.65),
        (0.4, -0.2),
    ],
    &[(0.25, 0.25), (0.9, 0.9)],
];

const HOUSE: Strokes = &[
    &[(-0.9, 0.0), (0.0, -0.85), (0.9, 0.0)],
    &[(-0.65, -0.2), (-0.65, 0.85), (0.65, 0.85), (0.65, -0.2)],
];

const PLUS: Strokes = &[&[(-0.8, 0.0), (0.8, 0.0)], &[(0.0, -0.8), (0.0, 0.8)]];

const PERSON: Strokes = &[
    &[(0.35, -0.5), (0.0, -0.1), (-0.35, -0.5), (0.0, -0.9), (0.35, -0.5)],
    &[(-0.8, 0.9), (-0.6, 0.35), (0.0, 0.15), (0.6, 0.35), (0.8, 0.9)],
];

const REPEAT: Strokes = &[
    &[(-0.9, -0.2), (-0.6, -0.6), (-0.3, -0.2)],
    &[(-0.6, -0.6), (-0.6, 0.6), (0.2, 0.6)],
    &[(0.9, 0.2), (0.6, 0.6), (0.3, 0.2)],
    &[(0.6, 0.6), (0.6, -0.6), (-0.2, -0.6)],
];

const CAMERA: Strokes = &[
    &[
        (-0.9, -0.5),
        (-0.4, -0.5),
        (-0.25, -0.75),
        (0.25, -0.75),
        (0.4, -0.5),
        (0.9, -0.5),
        (0.9, 0.7),
        (-0.9, 0.7),
        (-0.9, -0.5),
    ],
    &[(0.3, 0.1), (0.0, 0.4), (-0.3, 0.1), (0.0, -0.2), (0.3, 0.1)],
];

const CALL: Strokes = &[&[
    (-0.8, -0.8),
    (-0.4, -0.85),
    (-0.2, -0.35),
    (-0.45, -0.1),
    (0.1, 0.45),
    (0.35, 0.2),
    (0.85, 0.4),
    (0.8, 0.8),
    (0.3, 0.85),
    (-0.5, 0.2),
    (-0.85, -0.4),
    (-0.8, -0.8),
]];

impl Photo {
    /// Draws a sign around a point; `size` is half its height.
    pub(super) fn icon(&mut self, icon: Icon, (x, y): Point, size: f32, ink: Colour) {
        for stroke in icon.strokes() {
            let points: Vec<Point> =
                stroke.iter().map(|(across, down)| (x + across * size, y + down * size)).collect();
            self.stroke(&points, (size * 0.2).max(1.0), ink, 1.0);
        }
    }

    /// Signs at equal distances across a row of the picture.
    pub(super) fn icon_row(&mut self, icons: &[Icon], y: f32, size: f32, ink: Colour) {
        let pitch = self.width as f32 / icons.len() as f32;
        for (place, icon) in icons.iter().enumerate() {
            self.icon(*icon, (pitch * (place as f32 + 0.5), y), size, ink);
        }
    }
}
