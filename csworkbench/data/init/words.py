"""What the columns of foreign exports are called: canonical column → header words, the surest first.

Words are compared without case, width, blanks and punctuation. Words after "~" are weak: they need support.
"""

from __future__ import annotations

import re
import unicodedata

ACCOUNT = (
    "account id, customer id, company id, client id, tenant id, org id, organization id, organisation id,"
    " account number, customer number, customer code, account code, account, customer, organization, company record id,"
    " associated company id, 顧客ID, 顧客番号, 顧客コード, 取引先ID, 取引先コード, 取引先番号, 会社ID, 企業ID,"
    " 企業コード, 契約者ID, 法人番号"
)
_CSM = (
    "csm id, csm, account manager id, manager id, owner id, account owner, company owner, csm owner, 担当者ID,"
    " 担当CSM, 担当者"
)

COLUMNS: dict[str, dict[str, str]] = {
    "accounts": {
        "account_id": f"{ACCOUNT} ~ id, record id, 会員番号",
        "name": "account name, customer name, company name, organization name, client name, 顧客名, 取引先名, 会社名,"
        " 企業名, 社名, 法人名 ~ name, company, 名称",
        "started_on": "started on, signup date, sign up date, customer since, became a customer date, onboarding date,"
        " activation date, contract start date, 利用開始日, 契約開始日, 導入日, 登録日 ~ start date, create date,"
        " created date, created at, 開始日, 作成日",
        "industry": "industry, vertical, sector, 業種, 業界",
        "country": "country, billing country, country code, 国, 国名 ~ region, territory, 地域",
        "employees": "employees, number of employees, no of employees, employee count, headcount, 従業員数, 社員数",
        "touch_tier": "touch tier, service tier, cs tier, support tier, タッチ区分, 対応区分 ~ tier",
        "segment": "segment, customer segment, account segment, セグメント, 顧客区分, 顧客セグメント"
        " ~ 区分, company size, size, 規模, 企業規模",
        "parent_id": "parent id, parent account id, parent customer id, parent company id, 親会社ID, 親取引先ID",
        "language": "language, preferred language, 言語",
        "is_internal": "is internal, internal, is test, test account, 社内フラグ, テストフラグ",
    },
    "subscriptions": {
        "subscription_id": "subscription id, contract id, contract number, subscription item id, line item id,"
        " subscription, 契約ID, 契約番号, 契約No ~ id",
        "account_id": ACCOUNT,
        "product": "product, product name, item, 商品, 商品名, 製品, 製品名, サービス名",
        "plan": "plan, plan name, plan tier, subscription plan, プラン, プラン名, 料金プラン ~ plan id, tier",
        "starts_on": "starts on, start date, subscription start, subscription start date, contract start date, start,"
        " started at, valid from, start date utc, 契約開始日, 利用開始日, 開始日 ~ created utc, effective date",
        "ends_on": "ends on, end date, subscription end, subscription end date, contract end date, end, ended at,"
        " valid to, ended at utc, 解約日, 契約終了日, 終了日, 利用終了日 ~ churn date, cancellation date,"
        " cancelled at, canceled at, canceled at utc",
        "mrr": "mrr, mrr amount, monthly recurring revenue, monthly amount, monthly fee, amount per month,"
        " 月額, 月額料金, 月額利用料, 月額費用, 月額金額, MRR(円) ~ monthly price",
        "currency": "currency, currency code, currency iso code, 通貨, 通貨コード",
        "seats": "seats, seat count, number of seats, licenses, licences, license count, users, user count,"
        " ライセンス数, 席数, ユーザー数, ID数, アカウント数 ~ quantity, 数量",
        "renews_on": "renews on, renewal date, next renewal date, contract renewal date, 更新日, 次回更新日, 契約更新日"
        " ~ current period end, current period end utc",
        "billing_months": "billing months, bill period months, billing period months, term months, billing frequency,"
        " billing cycle, billing period, billing interval, interval, 請求サイクル, 支払サイクル, 支払方法, 契約月数",
        "decided_on": "decided on, cancellation requested on, notice date, churn decided on, 解約申込日, 解約受付日,"
        " 解約申請日 ~ canceled at, cancelled at, canceled at utc",
    },
    "entitlements": {
        "account_id": ACCOUNT,
        "feature": "feature, feature name, module, 機能, 機能名",
        "seats": "seats, licenses, ライセンス数",
        "quota": "quota, limit, allowance, 上限",
        "is_core": "is core, core",
        "list_price_mrr": "list price mrr, list price",
    },
    "usage": {
        "account_id": ACCOUNT,
        "day": "day, usage date, usage day, usage month, week start, month start, period start, activity date, date,"
        " 日付, 利用日, 対象日, 利用月, 対象月 ~ month, week, event date",
        "feature": "feature, feature name, event type, event name, module, 機能, 機能名 ~ event, action",
        "users": "users, active users, n active users, unique users, dau, mau, wau, 利用者数, 利用ユーザー数,"
        " アクティブユーザー数",
        "count": "count, usage count, n events, event count, events, usage, 利用回数, 回数, 利用件数 ~ sessions,"
        " logins, login count, ログイン数, ログイン回数",
    },
    "events": {
        "account_id": ACCOUNT,
        "user_id": "user id, member id, user, ユーザーID",
        "at": "at, timestamp, occurred at, event time, event timestamp, time, 発生日時, 日時 ~ created at",
        "feature": "feature, feature name, event type, event name, event, action, 機能, 機能名, 操作",
    },
    "tickets": {
        "ticket_id": "ticket id, case id, case number, ticket number, ticket, issue id, チケットID, チケット番号,"
        " 問い合わせ番号, 問合せ番号, 問合番号, 受付番号 ~ id",
        "account_id": ACCOUNT,
        "opened_at": "opened at, ticket created date, date time opened, submitted at, requested at, open date, opened,"
        " 受付日時, 起票日時, 問い合わせ日時, 問合せ日時, 受付日 ~ created at, created date, create date, created,"
        " 作成日時, 作成日",
        "first_response_at": "first response at, first replied at, first reply at, 初回回答日時, 初回返信日時",
        "resolved_at": "resolved at, solved at, ticket resolved date, resolved date, date time closed, closed at,"
        " closed date, close date, solved, 解決日時, 完了日時, クローズ日時, 解決日, 完了日",
        "channel": "channel, via, case origin, source, チャネル, 受付経路, 経路",
        "category": "category, topic, case reason, カテゴリ, カテゴリー, 分類, 問い合わせ種別 ~ type, reason, 種別",
        "priority": "priority, severity, urgency, 優先度, 重要度",
        "escalated": "escalated, is escalated, escalation flag, エスカレーション",
        "reopened": "reopened, is reopened, 再オープン",
        "bot_resolved": "bot resolved, resolved by bot, ボット解決",
        "csat": "csat, satisfaction score, satisfaction rating, customer rating, csat score, 満足度"
        " ~ satisfaction, rating",
    },
    "surveys": {
        "account_id": ACCOUNT,
        "contact_id": "contact id, respondent id, 担当者ID, 回答者ID ~ email, respondent",
        "answered_on": "answered on, responded at, response date, survey date, answered at, 回答日, 回答日時"
        " ~ submitted at, date",
        "kind": "kind, survey type, survey kind, アンケート種別",
        "score": "score, nps, nps score, csat score, スコア, 点数, 推奨度",
        "theme": "theme, topic, テーマ",
    },
    "contacts": {
        "contact_id": "contact id, person id, contact record id, 担当者ID, 連絡先ID ~ id, email",
        "account_id": ACCOUNT,
        "role": "role, job title, title, job role, 役職, 役割",
        "influence": "influence, 影響力",
        "stance": "stance, attitude, スタンス",
        "joined_on": "joined on, 登録日 ~ created date, create date, created at",
        "departed_on": "departed on, left on, 退職日, 離任日",
    },
    "csms": {
        "csm_id": "csm id, manager id, account manager id, owner id, 担当者ID, 社員番号 ~ user id, id",
        "name": "csm name, manager name, account manager name, owner name, full name, 担当者名, 氏名 ~ name",
        "joined_on": "joined on, hire date, hired on, 入社日, 着任日",
        "fte": "fte",
        "background": "background, 経歴",
    },
    "assignments": {
        "account_id": ACCOUNT,
        "csm_id": _CSM,
        "role": "role, 役割",
        "starts_on": "starts on, assigned on, assigned at, start date, valid from, 担当開始日, 開始日",
        "ends_on": "ends on, unassigned on, end date, valid to, 担当終了日, 終了日",
    },
    "activities": {
        "activity_id": "activity id, task id, event id, call id, meeting id, 活動ID ~ id",
        "account_id": ACCOUNT,
        "csm_id": _CSM,
        "at": "at, activity date, meeting date, due date only, 活動日, 活動日時, 実施日 ~ date, timestamp",
        "function": "function, 機能区分",
        "direction": "direction",
        "hours": "hours, duration hours, 工数, 時間",
        "signal": "signal",
        "outcome": "outcome, result, 結果",
    },
    "invoices": {
        "invoice_id": "invoice id, invoice number, invoice no, 請求書番号, 請求ID, 請求番号 ~ id, number",
        "account_id": ACCOUNT,
        "issued_on": "issued on, invoice date, issue date, 発行日, 請求日 ~ date, created, created utc, created at",
        "due_on": "due on, due date, due date utc, 支払期限, 支払期日",
        "paid_on": "paid on, paid at, payment date, paid date, 入金日, 支払日",
        "amount": "amount, invoice amount, total, amount due, 金額, 請求金額, 請求額",
        "currency": "currency, currency code, 通貨",
        "failures": "failures, failed payments, attempt count",
    },
    "opportunities": {
        "opportunity_id": "opportunity id, deal id, 商談ID, 案件ID ~ id, record id",
        "account_id": ACCOUNT,
        "kind": "kind, opportunity type, deal type, 商談種別 ~ type, 種別",
        "product": "product, product name, 商品名",
        "mrr": "mrr, expected mrr",
        "due_mrr": "due mrr",
        "created_on": "created on, created date, create date, created at, 作成日",
        "due_on": "due on, due date, renewal date, 更新日",
        "closed_on": "closed on, close date, closed date, closed at, 完了予定日, クローズ日",
        "stage": "stage, stage name, deal stage, フェーズ ~ status, 状況",
        "csm_call": "csm call",
    },
    "milestones": {
        "account_id": ACCOUNT,
        "milestone": "milestone, milestone name, step, onboarding step, マイルストーン, 達成項目",
        "reached_on": "reached on, completed on, completed at, achieved on, reached at, 達成日, 完了日 ~ date",
    },
    "factors": {
        "account_id": ACCOUNT,
        "named_on": "named on, churn date, cancellation date, 解約日 ~ date",
        "event": "event",
        "factor": "factor, churn reason, reason code, cancellation reason, 解約理由 ~ reason, 理由",
        "phase": "phase",
        "department": "department, 部署",
        "preventable": "preventable",
        "closed_on": "closed on",
    },
    "vendor_health": {
        "account_id": ACCOUNT,
        "day": "day, date, scored on, 日付",
        "score": "score, health score, ヘルススコア",
        "band": "band, health, health status, ヘルス",
        "source": "source, vendor",
    },
    "targets": {
        "kpi": "kpi, metric, 指標",
        "owner": "owner",
        "period": "period, 期間",
        "target": "target, 目標, 目標値",
    },
}

FILES: dict[str, str] = {
    "accounts": "account customer company companies client tenant organization 顧客 取引先 企業 会社",
    "subscriptions": "subscription contract billing 契約 サブスク",
    "entitlements": "entitlement 利用権",
    "usage": "usage 利用 activity_log feature_use",
    "events": "event log イベント",
    "tickets": "ticket case support helpdesk 問合せ 問い合わせ チケット サポート",
    "surveys": "survey nps csat アンケート",
    "contacts": "contact people 連絡先",
    "csms": "csm manager owner 担当",
    "assignments": "assignment 担当",
    "activities": "activities touch meeting call task 活動",
    "invoices": "invoice 請求",
    "opportunities": "opportunit deal 商談 案件",
    "milestones": "milestone onboarding journey マイルストーン",
    "factors": "churn cancel 解約",
    "vendor_health": "health ヘルス",
    "targets": "target goal 目標",
}

ANNUAL = "arr, arr amount, annual recurring revenue, annual amount, annual fee, acv, 年額, 年額料金, 年間契約額"
PRICE = f"mrr, monthly price, price per month, monthly fee, price monthly, 月額, 月額料金, 月額単価 ~ {ANNUAL}"
DISCOUNT_PERCENT = "discount percent, discount pct, discount rate percent, 割引率(%), 割引率"
OWNER = _CSM
EXTRA_SEGMENTS = "plan tier, channel, acquisition channel, referral source"

_NOISE = re.compile(r"[\W_]+")


def word(header: str) -> str:
    """The header as it is compared: NFKC, without case, blanks and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header).casefold())


def ranked(text: str) -> dict[str, float]:
    """Word → how sure it is: strong ones from 1 down to .8, weak ones .4."""
    strong, _, weak = text.partition("~")
    words = [word(part) for part in strong.split(",")]
    known = {name: 1 - 0.2 * i / len(words) for i, name in reversed([*enumerate(words)])}
    return {**{word(part): 0.4 for part in weak.split(",") if part.strip()}, **known}
