use byob_core::store::{State, Store, TokenRow};

use crate::given::{NOW, draft_row, entry, integration, organization, saved_row, token_row};

crate::on_both_databases!(
    drafts_and_integrations_are_listed_in_the_order_of_their_ids_page_by_page,
    organizations_are_listed_page_by_page,
    tokens_are_listed_page_by_page,
);

async fn drafts_and_integrations_are_listed_in_the_order_of_their_ids_page_by_page(store: Store) {
    let acme = organization(&store, "acme").await;
    for number in ["3", "1", "2"] {
        integration(&store, &acme, draft_row(&format!("d{number}"))).await;
        integration(&store, &acme, saved_row(&format!("s{number}"))).await;
    }

    for (state, letter) in [(State::Draft, 'd'), (State::Saved, 's')] {
        let page = async |cursor: String| {
            let rows = store.integration_list(&acme, state, &cursor, NOW, 2).await.unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(page(String::new()).await, [format!("int_{letter}1"), format!("int_{letter}2")]);
        assert_eq!(page(format!("int_{letter}2")).await, [format!("int_{letter}3")]);
        assert_eq!(page(format!("int_{letter}3")).await, Vec::<String>::new());
    }
}

async fn organizations_are_listed_page_by_page(store: Store) {
    for name in ["c", "a", "b"] {
        organization(&store, name).await;
    }

    let names = async |cursor| {
        let rows = store.organization_list(cursor, 2).await.unwrap();
        rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["a", "b"]);
    assert_eq!(names("org_b").await, ["c"]);
}

async fn tokens_are_listed_page_by_page(store: Store) {
    let acme = organization(&store, "acme").await;
    for number in ["3", "1", "2"] {
        store.token_create(&acme, &token_row(number, &acme), number, &entry()).await.unwrap();
    }

    let ids = async |cursor| {
        let rows: Vec<TokenRow> = store.token_list(&acme, cursor, 2).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, ["tok_1", "tok_2"]);
    assert_eq!(ids("tok_2").await, ["tok_3", "tok_first_of_acme"]);
}
