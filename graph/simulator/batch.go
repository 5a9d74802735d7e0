package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const maxBatchItems = 20

// batchItem is one request inside a JSON batch.
type batchItem struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

type batchResponse struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// runBatch handles the items one after the other, each after those it depends on.
func runBatch(c *call) (answer, error) {
	var body struct {
		Requests []batchItem `json:"requests"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	ordered, err := orderBatch(body.Requests)
	if err != nil {
		return answer{}, err
	}
	failed := map[string]bool{}
	responses := []batchResponse{}
	for _, item := range ordered {
		response := c.runItem(item, failed)
		failed[strings.ToLower(item.ID)] = response.Status >= http.StatusBadRequest
		responses = append(responses, response)
	}
	return answer{status: http.StatusOK, body: map[string]any{"responses": responses}}, nil
}

func (c *call) runItem(item batchItem, failed map[string]bool) batchResponse {
	part := c.part(item)
	for _, id := range item.DependsOn {
		if failed[strings.ToLower(id)] {
			return item.response(part.reply(answer{}, failedDependency(id)))
		}
	}
	a, err := part.do()
	c.wrote = append(c.wrote, part.wrote...)
	return item.response(part.reply(a, err))
}

// part makes a call of its own from an item. It carries the batch's token.
func (c *call) part(item batchItem) *call {
	_, rawQuery, _ := strings.Cut(item.URL, "?")
	query, _ := url.ParseQuery(rawQuery) // what cannot be read is left out, as by net/http
	part := &call{
		server: c.server, method: strings.ToUpper(item.Method), base: c.base,
		path: item.path(), query: query, header: http.Header{}, body: item.Body,
	}
	for name, value := range item.Headers {
		part.header.Set(name, value)
	}
	part.header.Set("Authorization", c.header.Get("Authorization"))
	return part
}

// path is where the item goes, decoded as net/http decodes the path of a request.
func (i batchItem) path() string {
	path, _, _ := strings.Cut(i.URL, "?")
	path = strings.Trim(path, "/")
	if decoded, err := url.PathUnescape(path); err == nil {
		return decoded
	}
	return path
}

func (i batchItem) response(r reply) batchResponse {
	response := batchResponse{ID: i.ID, Status: r.status, Headers: map[string]string{}, Body: r.body}
	for name := range r.header {
		response.Headers[name] = r.header.Get(name)
	}
	return response
}

// orderBatch checks a batch as a whole and sorts its items so that each comes
// after those it depends on.
func orderBatch(items []batchItem) ([]batchItem, error) {
	if len(items) == 0 || len(items) > maxBatchItems {
		return nil, badRequest(fmt.Sprintf("The number of requests in a batch must be between 1 and %d.", maxBatchItems))
	}
	known := map[string]bool{}
	for _, item := range items {
		if err := item.check(known); err != nil {
			return nil, err
		}
		known[strings.ToLower(item.ID)] = true
	}
	var ordered []batchItem
	done := map[string]bool{}
	for len(ordered) < len(items) {
		ready := slices.IndexFunc(items, func(i batchItem) bool { return i.ready(done) })
		if ready < 0 {
			return nil, badRequest("The dependsOn properties of the batch form a circle, or name a request that is not there.")
		}
		done[strings.ToLower(items[ready].ID)] = true
		ordered = append(ordered, items[ready])
	}
	return ordered, nil
}

// ready tells whether an item is to be done, and everything it depends on is done.
func (i batchItem) ready(done map[string]bool) bool {
	return !done[strings.ToLower(i.ID)] &&
		!slices.ContainsFunc(i.DependsOn, func(id string) bool { return !done[strings.ToLower(id)] })
}

// check refuses an item whose mere form is wrong; taken are the ids before it.
func (i batchItem) check(taken map[string]bool) error {
	switch {
	case i.ID == "":
		return badRequest("A request of the batch has no id.")
	case taken[strings.ToLower(i.ID)]:
		return badRequest(fmt.Sprintf("The id '%s' is used by more than one request of the batch.", i.ID))
	case i.Method == "" || i.URL == "":
		return badRequest(fmt.Sprintf("Request '%s' of the batch needs a method and a url.", i.ID))
	case strings.Contains(i.URL, "://"):
		return badRequest(fmt.Sprintf("The url of request '%s' must be relative, without host and version.", i.ID))
	case strings.EqualFold(splitPath(i.path())[0], "$batch"):
		return badRequest(fmt.Sprintf("Request '%s' is a batch inside a batch.", i.ID))
	}
	return nil
}
