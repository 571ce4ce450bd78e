//! A database that somebody else holds: the running task, in real time.
use super::*;
use crate::engine::EngineHandle;

#[tokio::test]
async fn a_locked_database_refuses_requests_in_time_and_hang_up_does_not_wait_for_it() {
    let house = House::new().await;
    let (terminal, _) = house.terminal("S10").await;
    let clerk = house.clerk("lin", &[Role::Clerk]).await;
    let media = Arc::new(Witness::default());
    let life = Lifecycle::default();
    let engine = EngineHandle::start(parts(&house, &media), &life).await.unwrap();
    let mut citizen = running::Guest::comes(&engine, running::at_terminal(terminal)).await;
    let mut desk = running::Guest::comes(&engine, running::at_desk(clerk)).await;
    desk.asks(ClerkMessage::SetStatus { status: WishedStatus::Ready }).await;
    citizen.says(take(1)).await;
    let offer = desk.ring().await;
    assert_eq!(desk.asks(ClerkMessage::Accept { offer }).await, Common::Done);
    let call = citizen.call().await;

    let lock = house.rig.store.begin().await.unwrap();
    let refused = desk.asks(ClerkMessage::Hold { call, on: false });
    // Not a change: no record, no wait.
    assert_eq!(tokio::time::timeout(Duration::from_secs(1), refused).await.unwrap(), Common::Done);
    let asked = desk.asks(ClerkMessage::AskAssist { call, capabilities: vec![Capability::Point] });
    let hung_up = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        media.told();
        let answer =
            tokio::time::timeout(Duration::from_secs(1), citizen.says(TerminalMessage::HangUp { call }))
                .await;
        (answer.unwrap(), media.told())
    };
    let (asked, (hung_up, told)) = tokio::join!(asked, hung_up);
    assert_eq!(hung_up, Common::Done);
    let (a, b) = (Party::Terminal(terminal), Party::Staff(clerk));
    assert!(told.contains(&MediaIntent::Disconnect { a, b }));
    assert!(matches!(asked, Common::Error(ErrorBody { code: ErrorCode::NotStored, .. })), "{asked:?}");
    assert_eq!(engine.health().unwritten, 1);
    assert!(!engine.health().ready());

    drop(lock);
    while !engine.health().ready() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let how: String =
        sqlx::query_scalar("SELECT how FROM calls").fetch_one(house.rig.store.reader()).await.unwrap();
    assert_eq!(how, "by_citizen");
    life.stop();
    life.finished().await;
    assert!(!engine.health().running);
    assert_eq!(citizen.closed().await, CloseReason::Restarting);
}
