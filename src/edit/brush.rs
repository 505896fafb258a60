//! Shapes with smooth edges, drawn on a picture.

use super::photo::{Colour, Photo, mix};
use super::warp::Point;

/// An upright box, in pixels from the top left corner of the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// An upright box from its left upper corner and its sides.
pub(super) const fn area(left: f32, top: f32, width: f32, height: f32) -> Area {
    Area { left, top, width, height }
}

impl Area {
    /// The end on the right.
    pub(super) fn right(self) -> f32 {
        self.left + self.width
    }

    /// The lower end.
    pub(super) fn bottom(self) -> f32 {
        self.top + self.height
    }

    /// The middle.
    pub(super) fn centre(self) -> Point {
        (self.left + self.width / 2.0, self.top + self.height / 2.0)
    }

    /// The box with each side moved outwards by so many pixels.
    pub(super) fn grown(self, by: f32) -> Self {
        area(self.left - by, self.top - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }

    /// How far a point is from a box with round corners: negative inside.
    fn distance(self, radius: f32, (x, y): Point) -> f32 {
        let (centre_x, centre_y) = self.centre();
        let across = (x - centre_x).abs() - self.width / 2.0 + radius;
        let down = (y - centre_y).abs() - self.height / 2.0 + radius;
        across.max(0.0).hypot(down.max(0.0)) + across.max(down).min(0.0) - radius
    }
}

/// The smallest box around some points.
fn around(points: &[Point]) -> Area {
    let fold = |of: fn(&Point) -> f32, start: f32, choose: fn(f32, f32) -> f32| {
        points.iter().map(of).fold(start, choose)
    };
    let (left, top) = (fold(|p| p.0, f32::MAX, f32::min), fold(|p| p.1, f32::MAX, f32::min));
    let (right, bottom) = (fold(|p| p.0, f32::MIN, f32::max), fold(|p| p.1, f32::MIN, f32::max));
    area(left, top, right - left, bottom - top)
}

/// How far a point is from a straight line between two others.
fn from_line((x, y): Point, from: Point, to: Point) -> f32 {
    let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
    let length = (along_x * along_x + along_y * along_y).max(1e-6);
    let share = (((x - from.0) * along_x + (y - from.1) * along_y) / length).clamp(0.0, 1.0);
    (x - from.0 - along_x * share).hypot(y - from.1 - along_y * share)
}

impl Photo {
    /// The columns and rows that a box touches.
    pub(super) fn touched(&self, area: Area) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let span = |from: f32, to: f32, end: usize| {
            let first = (from.floor().max(0.0) as usize).min(end);
            first..(to.ceil().max(0.0) as usize).clamp(first, end)
        };
        (span(area.left, area.right(), self.width), span(area.top, area.bottom(), self.height))
    }

    /// Covers the pixels of a box by what `cover` says for their middles, 0 to 1.
    pub(super) fn cover(&mut self, area: Area, colour: Colour, cover: impl Fn(Point) -> f32) {
        let (columns, rows) = self.touched(area);
        for y in rows {
            for x in columns.clone() {
                let share = cover((x as f32 + 0.5, y as f32 + 0.5)).clamp(0.0, 1.0);
                if share > 0.0 {
                    self.blend(x, y, colour, share);
                }
            }
        }
    }

    /// A box of one colour, to whole pixels.
    pub(super) fn fill(&mut self, area: Area, colour: Colour) {
        let edge = |value: f32, end: usize| (value.round().max(0.0) as usize).min(end);
        let (left, right) = (edge(area.left, self.width), edge(area.right(), self.width));
        for y in edge(area.top, self.height)..edge(area.bottom(), self.height) {
            let row = &mut self.rgb[3 * y * self.width..];
            for pixel in row[3 * left..3 * right.max(left)].chunks_exact_mut(3) {
                pixel.copy_from_slice(&colour);
            }
        }
    }

    /// A box that goes from one colour at its top to another at its bottom.
    pub(super) fn gradient(&mut self, area: Area, from: Colour, to: Colour) {
        for y in self.touched(area).1 {
            let share = (y as f32 + 0.5 - area.top) / area.height;
            let row = Area { top: y as f32, height: 1.0, ..area };
            self.fill(row, mix(from, to, share.clamp(0.0, 1.0)));
        }
    }

    /// Darkens (or colours) a box, more and more from its top, `from`, to its bottom, `to`.
    pub(super) fn shade(&mut self, area: Area, colour: Colour, from: f32, to: f32) {
        self.cover(area, colour, |(_, y)| from + (to - from) * (y - area.top) / area.height);
    }

    /// A box with round corners.
    pub(super) fn rounded(&mut self, area: Area, radius: f32, colour: Colour, opacity: f32) {
        let radius = radius.min(area.width / 2.0).min(area.height / 2.0);
        self.cover(area.grown(1.0), colour, |point| {
            (0.5 - area.distance(radius, point)).clamp(0.0, 1.0) * opacity
        });
    }

    /// The outline of a box with round corners.
    pub(super) fn outline(&mut self, area: Area, radius: f32, thick: f32, colour: Colour) {
        self.cover(area.grown(thick), colour, |point| {
            thick / 2.0 + 0.5 - area.distance(radius, point).abs()
        });
    }

    /// A soft shadow of a box.
    pub(super) fn shadow(&mut self, area: Area, soft: f32, opacity: f32) {
        self.cover(area.grown(soft), [0; 3], |point| {
            let share = (0.5 - area.distance(soft, point) / (2.0 * soft)).clamp(0.0, 1.0);
            share * share * (3.0 - 2.0 * share) * opacity
        });
    }

    /// A disc.
    pub(super) fn disc(&mut self, (x, y): Point, radius: f32, colour: Colour, opacity: f32) {
        let bounds = area(x - radius, y - radius, 2.0 * radius, 2.0 * radius).grown(1.0);
        self.cover(bounds, colour, |point| {
            (radius + 0.5 - (point.0 - x).hypot(point.1 - y)).clamp(0.0, 1.0) * opacity
        });
    }

    /// An ellipse's outline.
    pub(super) fn ring(&mut self, at: Point, (wide, tall): Point, thick: f32, colour: Colour) {
        let bounds = area(at.0 - wide, at.1 - tall, 2.0 * wide, 2.0 * tall).grown(thick);
        let scale = wide.min(tall);
        self.cover(bounds, colour, |(x, y)| {
            let far = ((x - at.0) / wide).hypot((y - at.1) / tall);
            thick / 2.0 + 0.5 - (far - 1.0).abs() * scale
        });
    }

    /// A line through some points, with round ends and joints.
    pub(super) fn stroke(&mut self, points: &[Point], thick: f32, colour: Colour, opacity: f32) {
        for ends in points.windows(2) {
            self.cover(around(ends).grown(thick), colour, |point| {
                let far = from_line(point, ends[0], ends[1]);
                (thick / 2.0 + 0.5 - far).clamp(0.0, 1.0) * opacity
            });
        }
    }

    /// A shape with any number of corners, which go clockwise and never inwards.
    pub(super) fn convex(&mut self, corners: &[Point], colour: Colour, opacity: f32) {
        let next = corners.iter().cycle().skip(1);
        let sides: Vec<(Point, Point)> = corners.iter().copied().zip(next.copied()).collect();
        self.cover(around(corners).grown(1.0), colour, |(x, y)| {
            let outside = |(from, to): &(Point, Point)| {
                let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
                ((x - from.0) * along_y - (y - from.1) * along_x) / along_x.hypot(along_y).max(1e-6)
            };
            let far = sides.iter().map(outside).fold(f32::MIN, f32::max);
            (0.5 - far).clamp(0.0, 1.0) * opacity
        });
    }

    /// Lays a picture on this one, its corners rounded.
    pub(super) fn paste_rounded(&mut self, picture: &Self, left: isize, top: isize, radius: f32) {
        let bounds = area(left as f32, top as f32, picture.width as f32, picture.height as f32);
        let (columns, rows) = self.touched(bounds);
        for y in rows {
            for x in columns.clone() {
                let point = (x as f32 + 0.5, y as f32 + 0.5);
                let share = (0.5 - bounds.distance(radius, point)).clamp(0.0, 1.0);
                let source = picture.at(x.wrapping_add_signed(-left), y.wrapping_add_signed(-top));
                self.blend(x, y, source, share);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::photo::{BLACK, WHITE};

    #[test]
    fn shapes_cover_their_middle_and_leave_what_is_far() {
        let drawn = |draw: &dyn Fn(&mut Photo)| {
            let mut page = Photo::filled(40, 40, BLACK);
            draw(&mut page);
            (page.at(20, 20)[0], page.at(2, 37)[0])
        };
        let middle = area(10.0, 10.0, 20.0, 20.0);
        let corners = [(10.0, 30.0), (20.0, 8.0), (30.0, 30.0)];
        assert_eq!(drawn(&|page| page.fill(middle, WHITE)), (255, 0));
        assert_eq!(drawn(&|page| page.rounded(middle, 5.0, WHITE, 1.0)), (255, 0));
        assert_eq!(drawn(&|page| page.disc((20.0, 20.0), 9.0, WHITE, 1.0)), (255, 0));
        assert_eq!(drawn(&|page| page.convex(&corners, WHITE, 1.0)), (255, 0));
        assert_eq!(drawn(&|page| page.stroke(&corners[..1], 3.0, WHITE, 1.0)), (0, 0));
        let line = [(0.0, 20.5), (40.0, 20.5)];
        assert_eq!(drawn(&|page| page.stroke(&line, 3.0, WHITE, 1.0)), (255, 0));
    }

    #[test]
    fn shapes_beyond_the_picture_draw_nothing() {
        let mut page = Photo::filled(4, 4, BLACK);
        page.fill(area(-10.0, -10.0, 5.0, 5.0), WHITE);
        page.fill(area(9.0, 9.0, 5.0, 5.0), WHITE);
        page.disc((-50.0, 2.0), 9.0, WHITE, 1.0);
        page.paste_rounded(&Photo::filled(3, 3, WHITE), -7, 9, 1.0);
        assert_eq!(page, Photo::filled(4, 4, BLACK));
    }
}
