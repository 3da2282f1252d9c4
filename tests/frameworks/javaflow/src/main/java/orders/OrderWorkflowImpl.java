package orders;

import com.amazonaws.services.simpleworkflow.flow.DecisionContextProviderImpl;
import com.amazonaws.services.simpleworkflow.flow.WorkflowClock;
import com.amazonaws.services.simpleworkflow.flow.annotations.Asynchronous;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.core.Settable;

public class OrderWorkflowImpl implements OrderWorkflow {
    private static final long PAUSE_SECONDS = 1;

    private final WorkflowClock clock = new DecisionContextProviderImpl().getDecisionContext().getWorkflowClock();
    private final OrderActivitiesClient activities = new OrderActivitiesClient();
    private final Settable<String> address = new Settable<>();
    private String state = "asking for the price";

    @Override
    public Promise<String> order(String item) {
        Promise<Integer> price = activities.price(item);
        Promise<Void> paused = pause(price);
        return bill(item, price, address, paused);
    }

    @Override
    public void address(String given) {
        address.set(given);
    }

    @Override
    public String state() {
        return state;
    }

    @Asynchronous
    private Promise<Void> pause(Promise<Integer> price) {
        state = "priced " + price.get();
        return clock.createTimer(PAUSE_SECONDS);
    }

    @Asynchronous
    private Promise<String> bill(
            String item, Promise<Integer> price, Promise<String> to, Promise<Void> paused) {
        state = "billed";
        return Promise.asPromise(item + " for " + price.get() + " to " + to.get());
    }
}
