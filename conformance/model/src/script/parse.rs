//! Reads the text form of a script.

mod call;
mod cursor;
mod head;
mod line;

use super::check::{self, Problem};
use super::error::{ParseError, quoted};
use super::lex::{self, Stray, Token, Word};
use super::{Id, Line, Script, Step, limits};
use cursor::Cursor;
use std::collections::HashSet;

/// Reads a script and checks it. Without an ID in its first line it is called `otherwise`, if that is given.
pub(super) fn parse(text: &str, otherwise: Option<Id>) -> Result<Script, ParseError> {
    if text.len() > limits::TEXT {
        let expected = format!("at most {} MiB", limits::TEXT >> 20);
        return Err(ParseError::new((1, 1), format!("a script of {} bytes", text.len()), expected));
    }
    let mut reader =
        Reader { steps: Vec::new(), numbers: Vec::new(), race: None, repeat: None, calls: 0, actors: HashSet::new() };
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line)).peekable();
    let mut script = head::read(&mut lines, otherwise)?;
    for (number, line) in lines {
        reader.line(number, line)?;
    }
    if let Some((line, _)) = reader.race {
        return Err(ParseError::new((line, 1), "a race block that does not end", "`}` on a line of its own"));
    }
    if let Some(Repeat { began, .. }) = reader.repeat {
        return Err(ParseError::new((began, 1), "a repeat block that does not end", "`}` on a line of its own"));
    }
    if reader.numbers.is_empty() {
        let place = (text.lines().count().max(1), 1);
        return Err(ParseError::new(place, "the end of the script", "a call, such as `a: f = create(4096)`"));
    }
    script.steps = reader.steps;
    check::check(&script).map_err(|problem| place(problem, text, &reader.numbers))?;
    Ok(script)
}

/// Reads one line with a call.
pub(super) fn line(text: &str) -> Result<Line, ParseError> {
    let words = words(1, text)?;
    line::read(&mut Cursor::new(1, text, &words))
}

/// Where the problem is: at the first word behind the bracket that is the one in question.
fn place(problem: Problem, text: &str, numbers: &[u32]) -> ParseError {
    let number = numbers.get(problem.line).map_or(1, |number| *number as usize);
    let words = text.lines().nth(number - 1).and_then(|line| lex::words(line).ok()).unwrap_or_default();
    let arguments = words.iter().skip_while(|word| word.token != Token::Mark("("));
    let mut places = arguments.filter(|word| matches!(&word.token, Token::Text(text) if text == problem.word.as_str()));
    let column = places.next().map_or(1, |word| word.column);
    ParseError::new((number, column), problem.found, problem.expected).meaning(problem.suggestion)
}

fn words(number: usize, line: &str) -> Result<Vec<Word>, ParseError> {
    if line.len() > limits::LINE {
        let found = format!("a line of {} bytes", line.len());
        return Err(ParseError::new((number, 1), found, format!("at most {} KiB", limits::LINE >> 10)));
    }
    lex::words(line).map_err(|Stray { found, expected, column, suggestion }| {
        let found = if found.chars().count() == 1 { quoted(&found) } else { found };
        ParseError::new((number, column), found, expected).meaning(suggestion)
    })
}

/// The steps that were read so far.
struct Reader {
    steps: Vec<Step>,
    /// The number of the text's line for each line with a call.
    numbers: Vec<u32>,
    /// The race that has not ended yet, and where it began.
    race: Option<(usize, Vec<Line>)>,
    /// The repetition that has not ended yet.
    repeat: Option<Repeat>,
    calls: usize,
    actors: HashSet<crate::call::Label>,
}

/// A repetition: what stands in it is read once, and stands in the script as often as it says.
struct Repeat {
    /// The text's line that it began in.
    began: usize,
    times: u32,
    /// How many steps, lines with calls, and calls there were before.
    before: (usize, usize, usize),
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), ParseError> {
        let words = words(number, line)?;
        let mut cursor = Cursor::new(number, line, &words);
        match (cursor.peek(), &mut self.race) {
            (None, _) => {}
            (Some(Token::Text(word)), race) if word == "race" && cursor.nth_is(1, "{") => {
                if let Some((began, _)) = race {
                    let expected = format!("`}}` first: a race cannot begin in the race of line {began}");
                    return Err(cursor.unexpected(&expected));
                }
                cursor.skip(2);
                cursor.end()?;
                *race = Some((number, Vec::new()));
            }
            (Some(Token::Text(word)), None) if word == "repeat" && cursor.nth_is(2, "{") => {
                if let Some(Repeat { began, .. }) = self.repeat {
                    let expected = format!("`}}` first: nothing can be repeated in the repetition of line {began}");
                    return Err(cursor.unexpected(&expected));
                }
                cursor.skip(1);
                let times = cursor.number("how often, such as 1000")?;
                cursor.skip(1);
                cursor.end()?;
                let before = (self.steps.len(), self.numbers.len(), self.calls);
                self.repeat = Some(Repeat { began: number, times, before });
            }
            (Some(Token::Mark("}")), None) if self.repeat.is_some() => {
                cursor.skip(1);
                cursor.end()?;
                self.again()?;
            }
            (Some(Token::Mark("}")), Some(_)) => {
                cursor.skip(1);
                cursor.end()?;
                if let Some((began, lines)) = self.race.take() {
                    check_race(began, &lines)?;
                    self.steps.push(Step::Race(lines));
                }
            }
            (Some(_), _) => {
                let line = line::read(&mut cursor)?;
                self.count(number, &line)?;
                match &mut self.race {
                    Some((_, lines)) => lines.push(line),
                    None => self.steps.push(Step::Line(line)),
                }
            }
        }
        Ok(())
    }

    /// Ends the repetition.
    fn again(&mut self) -> Result<(), ParseError> {
        let Some(Repeat { began, times, before: (steps, numbers, calls) }) = self.repeat.take() else { return Ok(()) };
        if times == 0 || self.steps.len() == steps {
            let expected = "calls between `repeat 1000 {` and `}`, to be made once or more often";
            return Err(ParseError::new((began, 1), "a repetition of nothing", expected));
        }
        let more = (self.calls - calls).saturating_mul(times as usize - 1);
        self.calls = self.calls.saturating_add(more);
        if self.calls > limits::CALLS {
            let most = limits::CALLS;
            let expected = format!("at most {most} calls in a script");
            return Err(ParseError::new((began, 1), format!("more than {most} calls"), expected));
        }
        let (step, number) = (self.steps[steps..].to_vec(), self.numbers[numbers..].to_vec());
        for _ in 1..times {
            self.steps.extend_from_slice(&step);
            self.numbers.extend_from_slice(&number);
        }
        Ok(())
    }

    /// Holds the limits, before anything is made that is as large as what the line asks for.
    fn count(&mut self, number: usize, line: &Line) -> Result<(), ParseError> {
        let actors = line.who.actors();
        self.calls += actors.len();
        self.actors.extend(actors.into_iter().chain(line.call.child()));
        let over = |what: &str, most: usize| {
            let expected = format!("at most {most} {what} in a script");
            Err(ParseError::new((number, 1), format!("more than {most} {what}"), expected))
        };
        match () {
            () if self.calls > limits::CALLS => over("calls", limits::CALLS),
            () if self.actors.len() > limits::ACTORS => over("actors", limits::ACTORS),
            () => {
                self.numbers.push(u32::try_from(number).unwrap_or(u32::MAX));
                Ok(())
            }
        }
    }
}

/// A child can make its first call once its parent has answered for the fork, which is after the race.
fn check_race(line: usize, lines: &[Line]) -> Result<(), ParseError> {
    if lines.is_empty() {
        let expected = "calls of several actors between `race {` and `}`";
        return Err(ParseError::new((line, 1), "a race without calls", expected));
    }
    let children: HashSet<_> = lines.iter().filter_map(|line| line.call.child()).collect();
    if children.is_empty() {
        return Ok(());
    }
    let born = lines.iter().flat_map(|line| line.who.actors()).find(|actor| children.contains(actor));
    born.map_or(Ok(()), |child| {
        let found = format!("a race in which {child} is born and makes a call");
        Err(ParseError::new((line, 1), found, "the calls of a child after the race that forks it"))
    })
}
