package graph

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/graph/wire"
)

var opReadUsage = reading("read the report of mail apps", readReports, false)

// usageTimeout is how long anything waits for a report that is only decoration; never more than half of the time that is left.
const usageTimeout = 10 * time.Second

// Usage reads how many people use Apple Mail: GET /reports/getEmailAppUsageAppsUserCounts, Reports.Read.All,
// learn.microsoft.com/graph/api/reportroot-getemailappusageappsusercounts, in two requests, the second one to the host of the
// report. That it could not be read is told in the usage and is no error.
func (c *Client) Usage(ctx context.Context) consent.Usage {
	limit := usageTimeout
	if deadline, bounded := ctx.Deadline(); bounded {
		limit = min(limit, time.Until(deadline)/2)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	usage, err := c.readUsage(wire.Impatient(ctx))
	if err == nil {
		return usage
	}
	held, _ := c.tokens.Claims() // without them, less is told
	x := examination{Client: c, ctx: ctx, held: held}
	lacks, failed := x.why(err)
	return consent.Usage{Lacks: lacks, Failed: strings.TrimPrefix(failed, opReadUsage.Name+": ")}
}

func (c *Client) readUsage(ctx context.Context) (usage consent.Usage, err error) {
	defer func() { err = c.credential.Secrets.CleanError(err) }()
	path := fmt.Sprintf("/v1.0/reports/getEmailAppUsageAppsUserCounts(period='D%d')", consent.UsageDays)
	text, err := c.transport.Report(ctx, opReadUsage, c.address(path, nil))
	if err != nil {
		return consent.Usage{}, err
	}
	if usage, err = parseUsage(text); err != nil {
		return consent.Usage{}, wire.Unusable(opReadUsage, err)
	}
	return usage, nil
}

// The columns of the report that are read.
const (
	columnDate   = "report refresh date"
	columnPeriod = "report period"
	columnMacs   = "mail for mac"
	columnPhones = "other for mobile"
)

// parseUsage reads the report: a heading and one row, in whatever order of columns. A number that is not there is not told; whatever
// else is odd makes it a report that cannot be judged.
func parseUsage(text []byte) (consent.Usage, error) {
	row, err := onlyRow(text)
	if err != nil {
		return consent.Usage{}, err
	}
	if period := row[columnPeriod]; period != "" && period != strconv.Itoa(consent.UsageDays) {
		return consent.Usage{}, errors.New("the report is over another time")
	}
	var usage consent.Usage
	if _, err := time.Parse(time.DateOnly, row[columnDate]); err == nil {
		usage.ReportedOn = row[columnDate]
	}
	var noMacs, noPhones error
	usage.MailOnMacs, noMacs = people(row[columnMacs])
	usage.OnPhones, noPhones = people(row[columnPhones])
	switch {
	case noMacs != nil || noPhones != nil:
		return consent.Usage{}, errors.New("the report has something else than numbers of people")
	case usage.MailOnMacs == nil && usage.OnPhones == nil:
		return consent.Usage{}, errors.New("the report has no numbers")
	}
	return usage, nil
}

// onlyRow reads a table with a heading and one row, by the names of the columns in lower case.
func onlyRow(text []byte) (map[string]string, error) {
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	table, err := reader.ReadAll()
	switch {
	case err != nil:
		return nil, errors.New("the report is no table")
	case len(table) < 2:
		return nil, errors.New("the report is empty")
	case len(table) > 2:
		return nil, fmt.Errorf("the report has %d rows instead of one", len(table)-1)
	}
	row := make(map[string]string)
	for i, column := range table[0] {
		name := strings.ToLower(strings.TrimSpace(column))
		if _, twice := row[name]; twice {
			return nil, errors.New("the report has a column twice")
		}
		row[name] = strings.TrimSpace(table[1][i])
	}
	return row, nil
}

// people reads a number of people; nil for an empty text.
func people(text string) (*int, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // which says that it is not told
	}
	number, err := strconv.ParseUint(text, 10, 31)
	return new(int(number)), err
}
