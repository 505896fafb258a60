//! Pictures turned, tilted and seen from the side.

use super::photo::{Colour, Photo, byte};

/// A point, in pixels from the top left corner.
pub(super) type Point = (f32, f32);

/// Where the corners of a picture go: top left, top right, bottom right, bottom left.
pub(super) type Corners = [Point; 4];

/// A mapping of the plane that keeps lines straight: three rows of three.
type Projection = [[f32; 3]; 3];

/// The projection that takes the corners of the unit square to these.
///
/// Source: P. Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989, section 2.2.3.
fn from_unit_square([start, right, far, below]: Corners) -> Projection {
    let (dx1, dy1) = (right.0 - far.0, right.1 - far.1);
    let (dx2, dy2) = (below.0 - far.0, below.1 - far.1);
    let sum_x = start.0 - right.0 + far.0 - below.0;
    let sum_y = start.1 - right.1 + far.1 - below.1;
    let area = dx1 * dy2 - dx2 * dy1;
    let across = (sum_x * dy2 - dx2 * sum_y) / area;
    let down = (dx1 * sum_y - sum_x * dy1) / area;
    [
        [right.0 - start.0 + across * right.0, below.0 - start.0 + down * below.0, start.0],
        [right.1 - start.1 + across * right.1, below.1 - start.1 + down * below.1, start.1],
        [across, down, 1.0],
    ]
}

/// The way back, up to a factor that does not matter: the adjugate.
fn inverse(of: Projection) -> Projection {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            let (upper, lower) = (of[(column + 1) % 3], of[(column + 2) % 3]);
            let (left, right) = ((row + 1) % 3, (row + 2) % 3);
            upper[left] * lower[right] - upper[right] * lower[left]
        })
    })
}

fn project(by: &Projection, (x, y): Point) -> Point {
    let [across, down, depth] = by.map(|row| row[0] * x + row[1] * y + row[2]);
    (across / depth, down / depth)
}

fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// A box of this size, turned clockwise around its middle, which lies at `centre`.
pub(super) fn turned_box(centre: Point, (width, height): (f32, f32), degrees: f32) -> Corners {
    let (sin, cos) = degrees.to_radians().sin_cos();
    [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)].map(|(across, down)| {
        let (x, y) = (across * width, down * height);
        (centre.0 + x * cos - y * sin, centre.1 + x * sin + y * cos)
    })
}

impl Photo {
    /// The colour at a point between pixels, from the four around it; at the rim the nearest.
    fn between(&self, (x, y): Point) -> [f32; 3] {
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (right, below) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (across, down) = (x - left as f32, y - top as f32);
        let four =
            [self.at(left, top), self.at(right, top), self.at(left, below), self.at(right, below)];
        let part = |k: usize| {
            let four = four.map(|colour| f32::from(colour[k]));
            let upper = four[0] + (four[1] - four[0]) * across;
            let lower = four[2] + (four[3] - four[2]) * across;
            upper + (lower - upper) * down
        };
        [part(0), part(1), part(2)]
    }

    /// Lays a picture on this one so that its corners come to lie at `corners`.
    pub(super) fn lay(&mut self, picture: &Self, corners: Corners) {
        let [a, b, c, d] = corners;
        let wide = distance(a, b).max(distance(d, c));
        let tall = distance(a, d).max(distance(b, c));
        let shrunk = (picture.width as f32 > 1.5 * wide || picture.height as f32 > 1.5 * tall)
            .then(|| picture.resized(wide.ceil() as usize, tall.ceil() as usize));
        let picture = shrunk.as_ref().unwrap_or(picture);
        let back = inverse(from_unit_square(corners));
        let span = |values: [f32; 4], end: usize| {
            let low = values.iter().copied().fold(f32::MAX, f32::min).floor().max(0.0);
            let high = values.iter().copied().fold(0.0, f32::max).ceil();
            (low as usize).min(end)..(high as usize).min(end)
        };
        let columns = span(corners.map(|corner| corner.0), self.width);
        for y in span(corners.map(|corner| corner.1), self.height) {
            for x in columns.clone() {
                self.lay_pixel(picture, &back, x, y);
            }
        }
    }

    /// One pixel of a picture laid on this one: the mean of four points, of which some may miss it.
    fn lay_pixel(&mut self, picture: &Self, back: &Projection, x: usize, y: usize) {
        const POINTS: [Point; 4] = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];
        let mut sum = [0.0f32; 3];
        let mut hits = 0.0;
        for (dx, dy) in POINTS {
            let (across, down) = project(back, (x as f32 + dx, y as f32 + dy));
            if (0.0..=1.0).contains(&across) && (0.0..=1.0).contains(&down) {
                let place = (across * picture.width as f32, down * picture.height as f32);
                let colour = picture.between(place);
                sum.iter_mut().zip(colour).for_each(|(sum, part)| *sum += part);
                hits += 1.0;
            }
        }
        if hits > 0.0 {
            let colour = sum.map(|part| byte(part / hits));
            self.blend(x, y, colour, hits / 4.0);
        }
    }

    /// The picture turned clockwise by some degrees within its own bounds, on `ground`.
    pub(super) fn tilted(&self, degrees: f32, ground: Colour) -> Self {
        let (width, height) = (self.width as f32, self.height as f32);
        let mut page = Self::filled(self.width, self.height, ground);
        page.lay(self, turned_box((width / 2.0, height / 2.0), (width, height), degrees));
        page
    }

    /// The picture turned clockwise by some degrees on a page that holds all of it.
    pub(super) fn tilted_whole(&self, degrees: f32, ground: Colour) -> Self {
        let (width, height) = (self.width as f32, self.height as f32);
        let (sin, cos) = degrees.to_radians().abs().sin_cos();
        let (wide, tall) = (width * cos + height * sin, width * sin + height * cos);
        let mut page = Self::filled(wide.round() as usize, tall.round() as usize, ground);
        page.lay(self, turned_box((wide / 2.0, tall / 2.0), (width, height), degrees));
        page
    }

    /// The picture turned clockwise by some degrees, and cut to the largest upright box of its own
    /// shape that it fills: what a "straighten" slider does.
    pub(super) fn straightened(&self, degrees: f32) -> Self {
        let (width, height) = (self.width as f32, self.height as f32);
        let (sin, cos) = degrees.to_radians().abs().sin_cos();
        let by = (width / (width * cos + height * sin)).min(height / (width * sin + height * cos));
        let (wide, tall) = ((width * by).floor().max(1.0), (height * by).floor().max(1.0));
        let mut page = Self::filled(wide as usize, tall as usize, [0; 3]);
        page.lay(self, turned_box((wide / 2.0, tall / 2.0), (width, height), degrees));
        page
    }

    /// The picture as in a mirror: left is right.
    pub(super) fn mirrored(&self) -> Self {
        Self::paint(self.width, self.height, |x, y| self.at(self.width - 1 - x, y))
    }

    /// The picture with its diagonal as a mirror: rows become columns.
    pub(super) fn transposed(&self) -> Self {
        Self::paint(self.height, self.width, |x, y| self.at(y, x))
    }

    /// The picture with top and bottom exchanged.
    pub(super) fn flipped(&self) -> Self {
        Self::paint(self.width, self.height, |x, y| self.at(x, self.height - 1 - y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> Photo {
        Photo::paint(40, 30, |x, y| [(x * 6) as u8, (y * 8) as u8, 0])
    }

    #[test]
    fn a_picture_laid_on_its_own_bounds_stays_as_it_is() {
        let steps = steps();
        let tilted = steps.tilted(0.0, [9; 3]);
        let worst = tilted.rgb.iter().zip(&steps.rgb).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(2), "{worst:?}");
    }

    #[test]
    fn a_quarter_turn_by_tilting_is_that_by_moving_pixels() {
        let steps = steps();
        let moved = steps.flipped().transposed();
        let tilted = steps.tilted_whole(90.0, [0; 3]);
        assert_eq!((tilted.width, tilted.height), (moved.width, moved.height));
        for (x, y) in [(5, 5), (20, 30), (15, 10)] {
            let (a, b) = (tilted.at(x, y), moved.at(x, y));
            assert!(a[0].abs_diff(b[0]) <= 3 && a[1].abs_diff(b[1]) <= 3, "{a:?} {b:?}");
        }
    }

    #[test]
    fn a_straightened_picture_shows_no_corner() {
        let plain = Photo::filled(60, 40, [200; 3]);
        for degrees in [-10.0, 3.0, 10.0] {
            assert!(plain.straightened(degrees).rgb.iter().all(|&part| part > 190), "{degrees}");
            assert!(plain.tilted(degrees, [0; 3]).rgb.contains(&0), "{degrees}");
        }
    }

    #[test]
    fn corners_go_where_they_are_sent() {
        let corners = [(1.0, 2.0), (30.0, 4.0), (28.0, 25.0), (3.0, 19.0)];
        let projection = from_unit_square(corners);
        let back = inverse(projection);
        for (from, to) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].into_iter().zip(corners)
        {
            assert!(distance(project(&projection, from), to) < 1e-3);
            assert!(distance(project(&back, to), from) < 1e-3);
        }
    }
}
