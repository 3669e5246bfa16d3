//! Many callers at once.

use std::{pin::pin, time::Duration};

use futures::poll;
use tokio::{sync::watch, task::JoinSet};

/// No test waits longer for something that has to happen: a test that hangs tells nobody why.
const PATIENCE: Duration = Duration::from_secs(30);

/// Awaits something that has to happen, and says what did not if it does not.
pub async fn patiently<T>(what: &str, happens: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, happens).await.unwrap_or_else(|_| panic!("this did not happen: {what}"))
}

/// Callers that run side by side.
pub struct Crowd<T> {
    callers: JoinSet<(usize, T)>,
    begun: watch::Receiver<usize>,
}

impl<T: Send + 'static> Crowd<T> {
    /// Lets all of them start.
    pub fn of(callers: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>) -> Self {
        let (sender, begun) = watch::channel(0);
        let mut crowd = Self { callers: JoinSet::new(), begun };
        for (number, caller) in callers.into_iter().enumerate() {
            let sender = sender.clone();
            crowd.callers.spawn(async move { (number, tell_when_begun(caller, &sender).await) });
        }
        crowd
    }

    /// Returns when every caller has gone as far as it can without waiting for anything.
    pub async fn all_wait(&mut self) {
        let size = self.callers.len();
        let all = self.begun.wait_for(|begun| *begun == size);
        patiently("every caller has begun", all).await.unwrap();
    }

    /// What each got, in the order in which they started.
    pub async fn answers(self) -> Vec<T> {
        let mut answers = patiently("every caller got an answer", self.callers.join_all()).await;
        answers.sort_unstable_by_key(|(number, _)| *number);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }
}

async fn tell_when_begun<T>(caller: impl Future<Output = T>, begun: &watch::Sender<usize>) -> T {
    let mut caller = pin!(caller);
    let first = poll!(caller.as_mut());
    begun.send_modify(|begun| *begun += 1);
    match first {
        std::task::Poll::Ready(answer) => answer,
        std::task::Poll::Pending => caller.await,
    }
}
