//! What the people say who write on pictures and post them.

use super::dice::Dice;

/// Words of no consequence.
const WORDS: [&str; 64] = [
    "the", "harbour", "of", "bread", "and", "a", "bicycle", "in", "garden", "to", "was", "kettle",
    "rain", "with", "lantern", "on", "maple", "window", "is", "river", "copper", "for", "market",
    "spring", "that", "cloud", "paper", "meadow", "it", "train", "from", "very", "early", "we",
    "morning", "they", "walked", "again", "old", "bridge", "small", "house", "under", "light",
    "after", "summer", "north", "every", "day", "found", "little", "people", "about", "near",
    "station", "green", "last", "week", "along", "coast", "before", "this", "winter", "road",
];

const NAMES: [&str; 24] = [
    "Amina", "Jonas", "Mei", "Tariq", "Lucia", "Oskar", "Wanjiru", "Pavel", "Ines", "Kofi", "Hana",
    "Mateo", "Sofie", "Arjun", "Zawadi", "Emil", "Noor", "Tomas", "Yuki", "Baraka", "Clara",
    "Diego", "Freya", "Ravi",
];

const PHRASES: [&str; 24] = [
    "haha no way",
    "where was this?",
    "look what I found",
    "ok see you at 8",
    "so beautiful!",
    "Did you take that yourself?",
    "I was there last summer too",
    "sending it now",
    "wow",
    "can you call me later?",
    "yes :)",
    "that reminds me of the trip",
    "good morning",
    "Please send me the other ones as well when you are home",
    "not bad at all",
    "who is coming on Friday?",
    "thanks!",
    "in the train, bad signal",
    "one more",
    "this is the best one so far",
    "I can't believe it",
    "on my way",
    "what do you think?",
    "still raining here",
];

const MEMES: [&str; 16] = [
    "nobody: absolutely nobody:",
    "when the meeting could have been an email",
    "me on monday morning",
    "it is what it is",
    "when you hear the fridge open",
    "first day vs last day",
    "they said it would be easy",
    "how it started",
    "just one more episode",
    "that moment when the weekend is over",
    "my plans for the year",
    "not today",
    "one does not simply leave early",
    "expectation vs reality",
    "when the wifi comes back",
    "tell me you are tired without telling me",
];

/// Someone's first name.
pub(super) fn name(dice: &mut Dice) -> &'static str {
    dice.pick(&NAMES)
}

/// The name of an account.
pub(super) fn handle(dice: &mut Dice) -> String {
    let (first, word) = (name(dice).to_lowercase(), dice.pick(&WORDS));
    match dice.below(3) {
        0 => format!("{first}.{word}"),
        1 => format!("{first}{}", 10 + dice.below(90)),
        _ => format!("the.{word}.{first}"),
    }
}

/// Something said in a chat or below a picture.
pub(super) fn phrase(dice: &mut Dice) -> &'static str {
    dice.pick(&PHRASES)
}

/// The text of a meme.
pub(super) fn meme(dice: &mut Dice) -> &'static str {
    dice.pick(&MEMES)
}

/// Some words in a row, the first with a capital, and an end.
pub(super) fn sentence(dice: &mut Dice, words: usize) -> String {
    let mut text = String::new();
    for place in 0..words {
        let word = dice.pick(&WORDS);
        if place == 0 {
            let (first, rest) = word.split_at(1);
            text = first.to_uppercase() + rest;
        } else {
            text = text + " " + word;
        }
    }
    text + "."
}

/// Sentences in a row, some words in all.
pub(super) fn paragraph(dice: &mut Dice, words: usize) -> String {
    let mut text = String::new();
    let mut left = words;
    while left > 0 {
        let length = (5 + dice.below(9)).min(left);
        text = text + &sentence(dice, length) + " ";
        left -= length;
    }
    text
}

/// A time of the day.
pub(super) fn clock(dice: &mut Dice) -> String {
    format!("{}:{:02}", 7 + dice.below(16), dice.below(60))
}

/// A day of the year.
pub(super) fn day(dice: &mut Dice) -> String {
    let month = dice.pick(&["March", "April", "May", "June", "July", "August", "October"]);
    format!("{} {month}", 1 + dice.below(28))
}
